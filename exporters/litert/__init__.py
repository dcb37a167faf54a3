"""What the LiteRT format is made of: conversion, entry, quantization and metadata, one step a file."""
