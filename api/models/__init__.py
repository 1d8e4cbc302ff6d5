"""The life of the dialogue's model: trained, examined, taken or refused, kept, gone back to."""
