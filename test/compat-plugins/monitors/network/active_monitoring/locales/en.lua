return { title = "Active monitoring", unreachable = "%{host} does not answer" }
