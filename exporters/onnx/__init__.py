"""What the ONNX format is made of: conversion, tidying, half precision and quantization, one step a file."""
