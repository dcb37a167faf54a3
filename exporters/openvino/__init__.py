"""What the OpenVINO format is made of: the inference graph in OpenVINO's own operations."""
