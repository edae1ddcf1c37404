"""A server that speaks KFP's API v2beta1, for tests of what talks to it."""
