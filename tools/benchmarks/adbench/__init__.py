"""ADBench: what its four objectives compute, their inputs, and how long gradients of them take."""
