"""What int8 needs, made on the inference graph before any format sees it: weights on their grid, and ranges.

prepared = prepare(network, calibration, rule, request, print)
prepared.network          # convolutions rounded to 255 levels per output channel, still float32
prepared.ranges           # lowest and highest value of every activation, by the name of its Keras layer
"""
