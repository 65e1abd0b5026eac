// A library for LD_PRELOAD, built for the end-to-end tests alone. It has no interface but the
// variables of the environment that SystemCallShim.c describes; the package manager wants a header.
