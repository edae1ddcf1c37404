"""One made-up patient's head: what is drawn once and cut many times."""

import dataclasses

import numpy as np
import numpy.typing as npt

from components.phantoms.plane import Image, Plane, Point, Waves, draw_waves, mirrored

# How much of the cross-section is square rather than elliptical, and how much narrower it gets forwards.
SQUARENESS = 0.30
EGG = 0.13
# The cavity's half height below the origin. The base cuts it off, so it only says how steep the sides are.
HALF_HEIGHT_DOWN = 100.0


@dataclasses.dataclass(frozen=True)
class Head:
    """Sizes in mm, tissue in HU.

    Attributes:
      age: Years.
      sex: "female" or "male".
      half_width, half_length, half_height: Of the inside of the skull; half height upwards.
      skull: Thickness of the vault.
      scalp: Thickness of skin and fat over it.
      rotation: From the head's frame into the scanner's: the patient lies a little crooked.
      place: Where the head's origin lies beside the scanner's axis: to the left, to the back.
      field_of_view: Side of the picture.
      grey, white, fluid: HU of the brain's grey and white matter and of the fluid around it.
      atrophy: 0 in the young to 1: how wide the spaces for fluid are.
      ventricle_left, ventricle_right: Size of the ventricles against a young adult's.
      calcified: Whether pineal gland and choroid plexus hold lime, which is bright and no bleed.
      folds, ripples, mottle: Random fields of about 20, 9 and 35 mm.
      face: A random field of about 20 mm that is the same on both sides.
      swelling: Thickness of a bruise under the skin, bright, but no bleed inside the skull; or 0.
      bruise: The point of the skull that it lies over.
      couch: Style of the couch, 0 or 1.
    """

    age: int
    sex: str
    half_width: float
    half_length: float
    half_height: float
    skull: float
    scalp: float
    rotation: npt.NDArray[np.float64]
    place: tuple[float, float]
    field_of_view: float
    grey: float
    white: float
    fluid: float
    atrophy: float
    ventricle_left: float
    ventricle_right: float
    calcified: bool
    folds: Waves
    ripples: Waves
    mottle: Waves
    face: Waves
    swelling: float
    bruise: Point
    couch: int

    @property
    def top(self) -> float:
        """Height of the skin's highest point over the head's origin, along the scanner's axis, mm."""
        outer = self.skull + self.scalp
        radii = np.array([self.half_width, self.half_length, self.half_height]) + outer
        return float(np.linalg.norm(radii * self.rotation[2]))

    def radius(self, x: Image, y: Image, z: Image) -> tuple[Image, Image]:
        """Returns distance from the origin to each point, and to the skull's inside in its direction, mm."""
        v = np.clip(y / self.half_length, -1.3, 1.3)
        u = x / (self.half_width * (1 + EGG * v - EGG * v * v))
        uu, vv = u * u, v * v
        flat = (1 - SQUARENESS) * (uu + vv) + SQUARENESS * np.sqrt(uu * uu + vv * vv)
        height = np.where(z > 0, np.float32(self.half_height), np.float32(HALF_HEIGHT_DOWN))
        rho = np.sqrt(flat + (z / height) ** 2) + np.float32(1e-3)
        distance = np.sqrt(x * x + y * y + z * z)
        return distance, distance / rho

    def depth_below_vault(self, plane: Plane) -> Image:
        """Depth below the inside of the skull's vault, the base not counted, mm; negative outside."""
        distance, surface = self.radius(*plane.head)
        return surface - distance

    def surface_point(self, direction: npt.NDArray[np.float64]) -> Point:
        """Returns the point of the skull's inside that lies in a direction from the origin."""
        far = 60.0 * direction / np.linalg.norm(direction)
        for _ in range(8):  # the surface's distance hardly depends on where it is measured from
            x, y, z = (np.float32(c).reshape(1) for c in far)
            far = far / np.linalg.norm(far) * float(self.radius(x, y, z)[1][0])
        return float(far[0]), float(far[1]), float(far[2])


def draw_head(rng: np.random.Generator) -> Head:
    """Draws a patient.

    Source of the sizes: adult skulls are 130-160 mm wide and 165-200 mm long outside, vaults 5-9 mm
    thick; grey matter is 36-40 HU and white matter 27-31 HU on a CT without contrast.
    """
    age = int(rng.integers(18, 92))
    sex = str(rng.choice(["female", "male"]))
    size = float(rng.normal(1.0 if sex == "male" else 0.965, 0.025))
    broad = float(rng.normal(1.0, 0.035))
    atrophy = float(np.clip((age - 45) / 45 + rng.normal(0, 0.15), 0, 1))
    ventricles = float(rng.uniform(0.85, 1.15) * (1 + 0.55 * atrophy))
    skew = float(rng.uniform(0.9, 1.1))
    return Head(
        age=age,
        sex=sex,
        half_width=66.5 * size * broad,
        half_length=83.0 * size / broad,
        half_height=71.0 * size,
        skull=float(rng.uniform(5.5, 8.0)),
        scalp=float(rng.uniform(4.0, 7.0)),
        rotation=_rotation(*(float(np.radians(d)) for d in rng.normal(0, (6.0, 2.5, 8.0)))),
        place=(float(rng.normal(0, 6)), float(rng.normal(0, 5))),
        field_of_view=float(rng.uniform(215, 255)),
        grey=float(rng.uniform(36.5, 39.5)),
        white=float(rng.uniform(27.5, 30.5)),
        fluid=float(rng.uniform(4, 9)),
        atrophy=atrophy,
        ventricle_left=ventricles * skew,
        ventricle_right=ventricles / skew,
        calcified=bool(rng.random() < 0.5),
        folds=draw_waves(rng, 21.0, 0.3),
        ripples=draw_waves(rng, 9.0, 0.3),
        mottle=draw_waves(rng, 35.0, 0.4),
        face=mirrored(draw_waves(rng, 20.0, 0.3)),
        swelling=float(rng.uniform(6, 12) * (rng.random() < 0.2)),
        bruise=(float(rng.choice([-70.0, 70.0])), float(rng.uniform(-30, 30)), float(rng.uniform(0, 40))),
        couch=int(rng.integers(2)),
    )


def _rotation(nod: float, lean: float, turn: float) -> npt.NDArray[np.float64]:
    """Rotation about the axes to the left, to the back and upwards, in rad, in this order.

    SciPy's Rotation has other last bits, by which all phantoms would change.
    """
    cn, sn, cl, sl, ct, st = np.cos(nod), np.sin(nod), np.cos(lean), np.sin(lean), np.cos(turn), np.sin(turn)
    about_x = np.array([[1, 0, 0], [0, cn, -sn], [0, sn, cn]])
    about_y = np.array([[cl, 0, sl], [0, 1, 0], [-sl, 0, cl]])
    about_z = np.array([[ct, -st, 0], [st, ct, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)
