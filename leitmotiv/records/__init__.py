"""The values that cross layers: frozen, with read-only arrays; they compute nothing beyond their own shape."""

from leitmotiv.records.arrays import Float, Float32, Half, Pixels, read_only
from leitmotiv.records.boards import Board, BoardExample, BoardPicture, Side, Snapshot
from leitmotiv.records.captions import CAPTION_KINDS, Caption, CaptionKind, CaptionSource, Told
from leitmotiv.records.copies import Copy, Keypoints
from leitmotiv.records.critics import Critic, Critique, Lift, RatedItem, RatingSet
from leitmotiv.records.designs import DesignVote, Drawing, Judged, Photo, Round, Run, Shape
from leitmotiv.records.eyes import Controls, Eyes, EyeWay, Pairs, Partial, PartialKind, RegionColours, Regions
from leitmotiv.records.jobs import Job, Status
from leitmotiv.records.networks import ORIGINAL, Faithfulness, Loss, Losses, Network, Norm, Training
from leitmotiv.records.own import LABELS, CatalogueColumn, CatalogueKind, CatalogueValue, Rating, Selection
from leitmotiv.records.pictures import ColourSpace, Ellipse, Failure, Image, KnownFile, Mixture, Picture, Swatch, Taken
from leitmotiv.records.rankings import Order, Ranking, Result, Unknown
from leitmotiv.records.seeing import (
    ACTIVATIONS,
    PREPROCESSING,
    SEEN_SIDE,
    Calibration,
    Concept,
    Contradiction,
    Crop,
    Example,
    Scores,
)
from leitmotiv.records.sheets import Heading, Placed, Sheet
from leitmotiv.records.spaces import LearntSpace, LearntWords
from leitmotiv.records.trends import Cluster, Clusters, Grain, Merge, TrendEdit, TrendEditKind
from leitmotiv.records.words import ClassText, WordScores

__all__ = [
    "ACTIVATIONS",
    "CAPTION_KINDS",
    "LABELS",
    "ORIGINAL",
    "PREPROCESSING",
    "SEEN_SIDE",
    "Board",
    "BoardExample",
    "BoardPicture",
    "Calibration",
    "Caption",
    "CaptionKind",
    "CaptionSource",
    "CatalogueColumn",
    "CatalogueKind",
    "CatalogueValue",
    "ClassText",
    "Cluster",
    "Clusters",
    "ColourSpace",
    "Concept",
    "Contradiction",
    "Controls",
    "Copy",
    "Critic",
    "Critique",
    "Crop",
    "DesignVote",
    "Drawing",
    "Ellipse",
    "Example",
    "EyeWay",
    "Eyes",
    "Failure",
    "Faithfulness",
    "Float",
    "Float32",
    "Grain",
    "Half",
    "Heading",
    "Image",
    "Job",
    "Judged",
    "Keypoints",
    "KnownFile",
    "LearntSpace",
    "LearntWords",
    "Lift",
    "Loss",
    "Losses",
    "Merge",
    "Mixture",
    "Network",
    "Norm",
    "Order",
    "Pairs",
    "Partial",
    "PartialKind",
    "Photo",
    "Picture",
    "Pixels",
    "Placed",
    "Ranking",
    "RatedItem",
    "Rating",
    "RatingSet",
    "RegionColours",
    "Regions",
    "Result",
    "Round",
    "Run",
    "Scores",
    "Selection",
    "Shape",
    "Sheet",
    "Side",
    "Snapshot",
    "Status",
    "Swatch",
    "Taken",
    "Told",
    "Training",
    "TrendEdit",
    "TrendEditKind",
    "Unknown",
    "WordScores",
    "read_only",
]
