"""What the diffusers backends share: weights, device, failures, steps, previews."""
