"""What a decision costs and earns: exposure ladder, costs, ledger, metrics. All pure."""
