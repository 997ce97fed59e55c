"""`redline simulate`: the desk's fold and the real rulebooks against modelled venues: virtual time, no sockets."""
