"""Attachments: pictures and papers that employees send, kept sealed, as material of their cases."""
