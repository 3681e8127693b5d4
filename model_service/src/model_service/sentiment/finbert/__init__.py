"""FinBERT: weights as published, exported once to int8 ONNX, scored by onnxruntime alone.

Serving needs `onnxruntime` and `tokenizers`. What needs `torch` and `transformers` (`exporting`,
`fetching`, `torch_model`, `quantise`) runs in a child process that `export` starts.
"""
