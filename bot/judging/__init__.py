"""What a trained model is worth: held-out sentences and short conversations, on the model file itself."""
