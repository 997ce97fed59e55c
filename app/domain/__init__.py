"""What an order, a draft and an amendment are: frozen values and pure functions, no Qt, clock, file or venue."""
