"""Kinds of goods and the words they are known by, in French and English."""

from typing import Final

from lea.sentences import Language

KINDS: Final[tuple[tuple[str, str, str], ...]] = (
    ("Canapés", "Sofas", "canape|canape d angle|canape lit|banquette|meridienne|sofa|sofa bed|couch|settee|chesterfield"
     "|loveseat"),
    ("Fauteuils", "Armchairs", "fauteuil|bergere|club chair|armchair|lounge chair|rocking chair|rocker|recliner"),
    ("Poufs", "Poufs", "pouf|repose pied|repose pieds|ottoman|footstool|pouffe"),
    ("Chaises", "Chairs", "chaise|chaise de bureau|chair|dining chair|office chair|desk chair"),
    ("Tabourets", "Stools", "tabouret|tabouret de bar|stool|bar stool"),
    ("Bancs", "Benches", "banc|bench"),
    ("Tables basses", "Coffee tables", "table basse|table de salon|coffee table"),
    ("Tables de chevet", "Bedside tables", "table de chevet|chevet|table de nuit|bedside table|nightstand|night table"),
    ("Tables", "Tables", "table|table a manger|console|gueridon|bout de canape|dining table|side table|kitchen table"),
    ("Bureaux", "Desks", "bureau|secretaire|desk|writing desk|standing desk"),
    ("Armoires", "Wardrobes", "armoire|penderie|dressing|wardrobe|closet|cupboard"),
    ("Commodes", "Chests of drawers", "commode|chiffonnier|chest of drawers|drawer chest|dresser|tallboy"),
    ("Buffets", "Sideboards", "buffet|bahut|enfilade|vaisselier|vitrine|sideboard|display cabinet|credenza"),
    ("Meubles TV", "TV units", "meuble tv|banc tv|tv unit|tv stand|media unit"),
    ("Étagères", "Shelves", "etagere|bibliotheque|rayonnage|tablette murale|shelf|bookcase|bookshelf|shelving"
     "|shelving unit"),
    ("Lits", "Beds", "lit|lit coffre|tete de lit|sommier|bed|bed frame|bunk bed|headboard|day bed|box spring"
     "|box spring bed"),
    ("Matelas", "Mattresses", "matelas|surmatelas|mattress|mattress topper"),
    ("Rangements", "Storage", "rangement|caisson|coffre|boite|panier|malle|casier|patere|portemanteau|porte manteau"
     "|meuble a chaussures|storage|storage box|basket|box|crate|trunk|cabinet|coat rack|shoe rack|hook"),
    ("Luminaires", "Lighting", "lampe|lampadaire|suspension|applique|plafonnier|lustre|luminaire|abat jour|lanterne"
     "|guirlande|spot|liseuse|lamp|table lamp|desk lamp|floor lamp|bedside lamp|ceiling lamp|wall lamp|wall light"
     "|pendant light|ceiling light|pendant|chandelier|lampshade|lantern|sconce"),
    ("Ampoules", "Light bulbs", "ampoule|bulb|light bulb"),
    ("Tapis", "Rugs", "tapis|paillasson|descente de lit|rug|carpet|doormat|door mat"),
    ("Rideaux", "Curtains", "rideau|voilage|store venitien|store enrouleur|curtain|drape|roller blind|blind"),
    ("Coussins", "Cushions", "coussin|galette de chaise|housse de coussin|cushion|chair cushion|cushion cover"
     "|throw pillow"),
    ("Plaids et couvertures", "Throws and blankets", "plaid|couverture|jete|couvre lit|throw|blanket|bedspread"),
    ("Linge de lit", "Bed linen", "drap|housse de couette|taie|taie d oreiller|couette|oreiller|parure|parure de lit"
     "|bed linen|bed sheet|sheet|duvet|duvet cover|pillow|pillowcase|quilt"),
    ("Linge de maison", "Household linen", "nappe|serviette|torchon|set de table|peignoir|tablecloth|towel|bath towel"
     "|tea towel|napkin|placemat|place mat|bathrobe"),
    ("Miroirs", "Mirrors", "miroir|psyche|mirror|wall mirror"),
    ("Vases", "Vases", "vase|soliflore|jarre|carafe decorative|jug vase"),
    ("Décoration murale", "Wall decoration", "tableau|affiche|cadre|cadre photo|poster|toile|horloge|horloge murale"
     "|papier peint|sticker|picture frame|photo frame|canvas|wall clock|clock|wallpaper|wall art"),
    ("Bougies et senteurs", "Candles and scents", "bougie|bougeoir|photophore|diffuseur|candle|candle holder"
     "|candlestick|tealight|tealight holder|diffuser"),
    ("Objets décoratifs", "Decorative objects", "statue|statuette|sculpture|figurine|globe|bibelot|figure|ornament"),
    ("Plantes et pots", "Plants and pots", "plante|pot|cache pot|jardiniere|bac a fleurs|plant|plant pot|flower pot"
     "|planter"),
    ("Vaisselle", "Tableware", "assiette|bol|tasse|mug|verre|verre a vin|saladier|plat|carafe|theiere|soucoupe|couvert"
     "|couverts|ramequin|plate|bowl|cup|wine glass|drinking glass|salad bowl|platter|teapot|saucer|cutlery|jug"),
    ("Ustensiles de cuisine", "Kitchenware", "casserole|poele|cocotte|faitout|couteau|planche a decouper|louche"
     "|spatule|passoire|moule|bocal|saucepan|frying pan|pan|casserole dish|knife|chopping board|cutting board|ladle"
     "|spatula|colander|baking tin|jar"),
    ("Petit électroménager", "Small appliances", "cafetiere|bouilloire|grille pain|mixeur|blender|robot|aspirateur"
     "|fer a repasser|ventilateur|coffee maker|coffee machine|kettle|toaster|mixer|vacuum cleaner|steam iron|fan"),
    ("Mobilier de jardin", "Garden furniture", "salon de jardin|table de jardin|chaise de jardin|transat|chaise longue"
     "|bain de soleil|parasol|hamac|balancelle|garden table|garden chair|garden set|sun lounger|deck chair|deckchair"
     "|hammock"),
    ("Salle de bains", "Bathroom", "lavabo|vasque|robinet|mitigeur|baignoire|porte serviette|porte serviettes"
     "|rideau de douche|washbasin|basin|sink|tap|faucet|bathtub|towel rail|shower curtain|bath mat|tapis de bain"),
    ("Papeterie", "Stationery", "cahier|carnet|stylo|crayon|classeur|agenda|notebook|pen|pencil|binder|diary|planner"),
    ("Jouets", "Toys", "jouet|peluche|poupee|puzzle|jeu|jeu de societe|toy|doll|board game|game"),
    ("Vêtements", "Clothing", "chemise|pantalon|robe|veste|manteau|pull|t shirt|jupe|chaussette|shirt|trousers|dress"
     "|jacket|coat|sweater|skirt|sock"),
    ("Chaussures", "Shoes", "chaussure|basket de sport|botte|sandale|shoe|boot|sandal|sneaker|slipper"),
    ("Sacs et bagages", "Bags and luggage", "sac|sac a dos|sac a main|valise|pochette|bag|backpack|handbag|suitcase"),
    ("Bijoux et montres", "Jewellery and watches", "collier|bracelet|bague|boucle d oreille|montre|necklace|ring"
     "|earring|watch"),
    ("Outillage", "Tools", "perceuse|tournevis|marteau|scie|visseuse|pince|cle|drill|screwdriver|hammer|saw|wrench"),
)  # fmt: skip
"""In French, in English, and the words without accents or plurals; a longer name is known before the word in it."""
LABELS: Final[dict[str, dict[Language, str]]] = {
    word: {"fr": fr, "en": en} for fr, en, words in KINDS for word in words.split("|")
}
MOST_WORDS: Final = max(len(word.split()) for word in LABELS)
VOCABULARY: Final = frozenset(part for word in LABELS for part in word.split())
