"""What workshops can be about. The same list as ``nlu/data/themes.tsv``; a test holds the two."""

THEMES = (
    "controle_parental", "donnees", "ecran_interactif", "ecrans", "educonnect", "ent", "fablab",
    "harcelement", "ia", "impression_3d", "inclusion", "jeux_video", "langues", "lecture",
    "mathematiques", "medias", "moodle", "orientation", "parentalite", "pix", "programmation",
    "projet", "pronote", "realite_virtuelle", "reseaux_sociaux", "robotique", "tablettes", "video",
    "webradio",
)  # fmt: skip
