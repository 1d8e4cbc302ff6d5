"""Questions of employees that become memory of retrieval once a person has confirmed what answers them."""
