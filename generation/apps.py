from django.apps import AppConfig


class GenerationConfig(AppConfig):
    name = "generation"

    def ready(self) -> None:
        """Hear what workers can run, for what creators are offered."""
        from generation import announcements, workers

        announcements.listen_to(workers.announcement)
