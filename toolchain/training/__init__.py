"""From labelled pictures to an original: backbones, recipes, and the Keras bundle that comes out."""
