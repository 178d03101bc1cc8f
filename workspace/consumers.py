"""The websocket of an open page."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer

from ourvidz.live import group_of


class WorkspaceConsumer(AsyncJsonWebsocketConsumer):
    """Brings the changes of the signed-in user's jobs; the server alone decides the group."""

    async def connect(self) -> None:
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.close(code=4401)
            return
        self.groups = [group_of(user.pk)]
        await self.channel_layer.group_add(self.groups[0], self.channel_name)
        await self.accept()
