"""The parts of the understanding pipeline that Rasa does not bring."""
