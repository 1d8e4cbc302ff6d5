"""WeChat Work (企业微信): its protocol and the ways messages come and go."""
