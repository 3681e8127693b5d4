"""What an agent is worth on candles it never saw: reports, their pages, and running them again."""
