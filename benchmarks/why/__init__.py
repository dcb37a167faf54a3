"""Why is it as fast as it is, and no faster? Operators, conversions inside the graph, and the limit of the machine."""
