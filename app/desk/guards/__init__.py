"""Guards against slips: each looks at one thing of a plan and asks, refuses or lets it pass. Pure."""
