"""srcad as a tool of GradBench, the public benchmark of differentiable programming."""
