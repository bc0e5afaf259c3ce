"""Draws icon.png, the packages' icon: a disk with a bar across it, for a cancel. Run it in this folder: python3 icon.py"""
import math
import struct
import zlib

SIZE = 128
SAMPLES = 4
NAVY, WHITE, ORANGE = (19, 34, 66), (255, 255, 255), (255, 138, 0)


def color_at(x, y):
    """RGBA of a point; the disk has radius 60, the ring 44, and the bar runs from the lower left to the upper right."""
    dx, dy = x - SIZE / 2, y - SIZE / 2
    radius = math.hypot(dx, dy)
    if radius > 60:
        return (0, 0, 0, 0)
    along, across = (dx - dy) / math.sqrt(2), (dx + dy) / math.sqrt(2)
    if abs(across) < 7 and abs(along) < 44:
        return (*ORANGE, 255)
    return (*WHITE, 255) if 36 < radius < 46 else (*NAVY, 255)


def pixel(column, row):
    """The mean over SAMPLES x SAMPLES points."""
    points = [color_at(column + (i + 0.5) / SAMPLES, row + (j + 0.5) / SAMPLES) for i in range(SAMPLES) for j in range(SAMPLES)]
    alpha = sum(p[3] for p in points)
    channels = [round(sum(p[c] * p[3] for p in points) / alpha) if alpha else 0 for c in range(3)]
    return bytes([*channels, round(alpha / len(points))])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


rows = b"".join(b"\0" + b"".join(pixel(column, row) for column in range(SIZE)) for row in range(SIZE))
with open("icon.png", "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
