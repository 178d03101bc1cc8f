"""The bands of land that scenes are made of."""

from .land import Band


def _table(*bands: Band) -> dict[str, Band]:
    return {band.name: band for band in bands}


#        near  far  height  relief    cover   cells       base
BANDS = _table(
    Band("plain", 15, 220, 0.9, "smooth", "grass", (5, 7), -0.6, depth=0.05, mist=0.3),
    Band("range", 26, 46, 12.5, "ridged", "rock", (2.6, 2.2), -1, depth=0.1, mist=0.75),
    Band("spurs", 13, 24, 4.6, "ridged", "rock", (3.4, 2.2), -0.8, depth=0.2, mist=0.8),
    Band("isles", 24, 34, 4.0, "smooth", "rock", (3, 2), -1.5, depth=0.1, mist=0.7),
    Band("mesas", 22, 36, 3.4, "ridged", "sand", (3, 2), -0.8, depth=0.12, mist=0.7),
    Band("far dunes", 8, 20, 1.5, "dunes", "sand", (3, 3), -0.5, depth=0.3, mist=0.45),
    Band("far hills", 10, 20, 2.6, "smooth", "grass", (3, 2), -0.7, depth=0.3, mist=0.6),
    Band("cliff", 6, 20, 3.6, "smooth", "cliff", (4, 4), -0.3, depth=0.4, mist=0.35),
    Band("near hills", 4.5, 12, 1.2, "smooth", "grass", (3, 3), -0.35, depth=0.5, mist=0.45),
    Band("dunes", 1.5, 9, 0.62, "dunes", "sand", (2.2, 4), -0.25, depth=0.6, mist=0.1),
    Band("meadow", 1.4, 5.5, 0.4, "smooth", "grass", (2.4, 3), -0.15, depth=0.75, mist=0.1),
    Band("bank", 1.6, 4.2, 0.5, "smooth", "grass", (3, 3), -0.1, depth=0.8),
)
