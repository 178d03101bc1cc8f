"""What runs the studio: health checks and the commands of its operators."""
