"""What deploy/k8s renders, held against rules of its own, Kubernetes' schemas and checkov."""
