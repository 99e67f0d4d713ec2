"""What the rules understand of French: expressions by what they mean.

Expressions stand without accents and apostrophes, separated by `|`. See `lexicon.py` for what is left out.
"""

from collections.abc import Mapping
from typing import Final

FRENCH: Final[Mapping[str, str]] = {
    "filler": (
        "lea|s il te plait|s il vous plait|stp|svp|merci de|peux tu|pouvez vous|pourrais tu|pourriez vous|tu peux|"
        "vous pouvez|est ce que tu peux|est ce que vous pouvez|ok|d accord|parfait|super|tres bien|a|au|aux|de|du|"
        "des|d|la|le|l|en|dans|pour|pour moi|et|ou|est|sont|sur|stade|etape|en ce moment|actuellement|maintenant|"
        "tout|tous|toutes|qui sont|qui ont|ont|ete|moi|je souhaite|je souhaiterais|je voudrais|j aimerais|je veux|"
        "je desire|on voudrait|est il possible de|c est possible de|dans la liste|actuels|actuelles|cote|me|alors|"
        "donc|rapidement|vite|pourrais je|peut on|pouvons nous|possible de|le detail par|encore|y compris|"
        "ensemble des|l ensemble des|la totalite des|parmi|rappelle moi|je cherche|j aurais besoin de|"
        "j ai besoin de"
    ),
    "greeting": (
        "bonjour|bonsoir|salut|coucou|hello|hey|hi|ca va|comment vas tu|comment ca va|comment allez vous|"
        "rebonjour|comment tu vas|bjr|slt|bonjour a toi|bonjour a vous|bonjour a tous|tu vas bien|vous allez bien|"
        "enchante|enchantee|re bonjour|comment va|bien le bonjour"
    ),
    "thanks": (
        "merci|merci beaucoup|merci bien|un grand merci|je te remercie|je vous remercie|non merci|mille mercis|"
        "merci pour ton aide|merci pour votre aide|merci de ton aide|merci de votre aide|merci a toi|merci a vous|"
        "grand merci|merci infiniment|c est gentil"
    ),
    "bye": (
        "au revoir|a bientot|a demain|a plus|a plus tard|bonne journee|bonne soiree|bonne nuit|"
        "bonne fin de journee|bon week end|bye|adieu|ciao|a tout a l heure|a tres vite|a la prochaine|a lundi|"
        "salut a bientot|bon apres midi|bonne apres midi|tchao|bon weekend"
    ),
    "help": (
        "aide|aide moi|aidez moi|a l aide|m aider|besoin d aide|j ai besoin d aide|que peux tu faire|"
        "que sais tu faire|que pouvez vous faire|que savez vous faire|qu est ce que tu peux faire|"
        "qu est ce que tu sais faire|qu est ce que vous pouvez faire|qu est ce que vous savez faire|"
        "tu peux faire quoi|tu sais faire quoi|a quoi sers tu|a quoi tu sers|a quoi servez vous|comment ca marche|"
        "comment tu marches|comment fonctionnes tu|comment ca fonctionne|qui es tu|qui etes vous|tu es qui|"
        "que fais tu|quelles sont tes fonctions|comment peux tu m aider|que puis je te demander|"
        "que puis je vous demander|quelles questions puis je te poser|quelles questions puis je vous poser|"
        "que puis je faire|besoin de ton aide|j ai besoin de ton aide|j ai besoin de votre aide|"
        "de quoi es tu capable|de quoi etes vous capable|tu sers a quoi|ca sert a quoi|comment t utiliser|"
        "comment je t utilise|comment utiliser lea|comment utiliser cet outil|que proposes tu|tu fais quoi|"
        "quelles sont tes capacites|quelles sont tes possibilites|quelles sont tes fonctionnalites|"
        "quelles sont vos fonctionnalites|qu est ce que tu fais|qu est ce que je peux te demander|"
        "qu est ce que je peux demander|que puis je demander|que sais tu|presente toi|peux tu m aider|"
        "comment pouvez vous m aider|un coup de main|donne moi de l aide|mode d emploi|"
        "quels types de questions puis je poser|a quelles questions peux tu repondre|"
        "a quelles questions sais tu repondre|liste de tes fonctions|ce que tu sais faire|ce que tu peux faire|"
        "montre moi ce que tu sais faire|explique moi ce que tu sais faire|quelles sont tes competences"
    ),
    "whoami": (
        "qui suis je|je suis qui|qui je suis|comment je m appelle|comment m appelle je|mon nom|mon profil|"
        "mon adresse e mail|mon adresse email|mon adresse mail|mon e mail|mon email|mon mail|mon role|"
        "mon entreprise|ma societe|mon agence|mon compte|mes informations|dans quelle entreprise suis je|"
        "dans quelle agence suis je|sais tu qui je suis|savez vous qui je suis|sais tu comment je m appelle|"
        "mon identite|avec quel compte suis je connecte|sous quel compte suis je connecte|"
        "sous quel nom suis je connecte|qui est connecte|mes coordonnees|mon prenom|mon nom d utilisateur|"
        "mon utilisateur|c est quoi mon nom|c est quoi mon role|c est quoi mon adresse e mail|"
        "c est quoi mon email|tu sais qui je suis|pour quelle entreprise je travaille|"
        "pour quelle agence je travaille|l entreprise ou je travaille|le nom de mon entreprise|"
        "le nom de mon agence|comment s appelle mon agence|comment s appelle mon entreprise|mes infos|"
        "sous quel nom me connais tu|je m appelle comment"
    ),
    "show": (
        "montre|montre moi|me montrer|montrez moi|affiche|afficher|affichez|affiche moi|m afficher|liste|lister|"
        "listez|me lister|liste moi|la liste|une liste|donne moi|donnez moi|me donner|dis moi|dites moi|me dire|"
        "fais moi voir|me faire voir|fais moi la liste|je voudrais voir|je veux voir|j aimerais voir|"
        "je souhaite voir|je peux voir|puis je voir|je voudrais savoir|j aimerais savoir|je veux savoir|"
        "je voudrais connaitre|voir|y a t il|il y a|est ce qu il y a|as tu|avez vous|consulter|consulte|sortir|"
        "sors|sors moi|me sortir|ouvre|ouvrir|ouvre moi|retrouve|retrouver|retrouve moi|cherche|chercher|"
        "jeter un oeil a|jeter un oeil aux|jeter un oeil sur|presente moi|donner|donne|fournis moi|lis moi|apercu|"
        "un apercu|visualiser|acceder a|acceder aux|acces a|acces aux|connaitre|savoir|revoir|recapitule|"
        "recapitulatif|un recapitulatif|le recapitulatif|resume moi la liste|regarder|trouve|trouve moi|trouver|"
        "me trouver|m indiquer|indique moi|indiquez moi|quelle est la liste|liste complete|la liste complete|"
        "une liste complete|existe t il|dispose t on"
    ),
    "det": (
        "les|mes|nos|j ai|ai je|nous avons|avons nous|on a|a t on|est ce que j ai|est ce que nous avons|"
        "est ce qu on a|notre|ai je eu|j ai eu|avons nous eu|que j ai|qu on a|que nous avons|a moi"
    ),
    "what": "qu est ce que|qu est ce qui|qu est ce qu|c est quoi|ce qui|ce que",
    "which": "quel|quelle|quels|quelles|lesquels|lesquelles",
    "howmany": (
        "combien|combien de|combien d|le nombre|nombre|nombre de|au total|en tout|il y a combien|"
        "quel est le nombre|c est combien|au nombre de|compte|compter|compte moi|comptez|nombre total de|"
        "le nombre total de"
    ),
    "latest": "dernier|derniers|derniere|dernieres|recent|recents|recente|recentes",
    "by": (
        "par|statistiques|stats|repartition|la repartition|bilan|selon|ventilation|tableau|tableau de bord|"
        "compteur|compteurs"
    ),
    "team": "departement|departements|service|services",
    "status": (
        "etat|etats|statut|statuts|point|ou en est|ou en sont|la situation|situation|avancement|l avancement|"
        "ou on en est|ou en est on|ou en sommes nous|comment avancent|suivi"
    ),
    "field": (
        "prix|adresse|montant|info|infos|information|informations|detail|details|fiche|la fiche|parle moi|"
        "tout savoir|ou est|un resume|c est quoi le prix|combien coute|a quel prix|a quelle adresse|"
        "quelle adresse|quel prix|le contenu|resume"
    ),
    "threads": (
        "conversations|discussions|fils de discussion|echanges|l historique de mes conversations|"
        "historique des conversations|historique de mes conversations|anciennes conversations|"
        "conversations precedentes|conversations passees|discussions precedentes|discussions passees|"
        "anciennes discussions|historique de discussion|historique de conversation|historique des discussions|"
        "historique de mes discussions|historique de chat|conversations avec toi|discussions avec toi|"
        "echanges avec toi|chaque conversation|conversations enregistrees|precedentes conversations|"
        "precedents echanges|anciens echanges|mon historique"
    ),
    "file": "dossier|transaction",
    "files": "dossiers|transactions|chaque dossier|chaque transaction|dossiers immobiliers|affaires immobilieres|deals",
    "jobs": (
        "jobs|taches|chaque tache|taches des departements|taches de l agence|travaux des departements|"
        "taches de la societe|jobs des departements"
    ),
    "kind:sale": "vente|de vente|a vendre|en vente",
    "kind:purchase": "achat|acquisition|a l achat",
    "kind:rental": "location|locatif|locatifs|a louer|en location|locative|locatives",
    "kinds:sale": "ventes",
    "kinds:purchase": "achats|acquisitions",
    "kinds:rental": "locations",
    "stage:prospect": "prospect",
    "stage:mandate": "mandat|sous mandat|en mandat",
    "stage:offer": "offre|sous offre|en offre|a l offre",
    "stage:preliminary_agreement": "sous compromis|en compromis|compromis de vente|promesse de vente|avant contrat",
    "stage:deed": "acte|acte authentique|acte de vente",
    "stages:prospect": "prospects",
    "stages:mandate": "mandats",
    "stages:offer": "offres",
    "stages:preliminary_agreement": "compromis",
    "stages:deed": "actes",
    "closed": "clos|cloture|clotures|cloturee|cloturees|closes|fermes|fermees|conclus|conclues|boucles|bouclees",
    "finished": "termine|termines|terminee|terminees|finis|finies|acheves|achevees",
    "ongoing": "en cours",
    "open": (
        "ouverts|ouvertes|actifs|actives|il reste|reste t il|restent|restants|restantes|encore ouverts|encore ouvertes"
    ),
    "state:to_process": (
        "a traiter|a faire|reste a traiter|restent a traiter|doit traiter|reste a faire|doivent etre traitees|"
        "doivent etre traites|en attente de traitement|sont a traiter|reste t il a traiter|reste t il a faire|"
        "il reste a traiter|il reste a faire"
    ),
    "state:pending": "en attente|en suspens|attendent",
    "state:done": "faits|faites|traites|traitees|realisees|realises|effectuees|effectues|deja faites|deja traitees",
    "state:failed": "en echec|en erreur|echoue|echouees|echoues|rates|ratees",
    "department:apbookkeeper": (
        "apbookkeeper|ap bookkeeper|comptabilite|compta|comptabilite fournisseurs|comptable|comptables|"
        "la compta fournisseurs|compta fournisseurs|comptable fournisseurs|comptabilite fournisseur"
    ),
    "department:router": "router|routeur|routage",
    "department:bank": "bank|banque|bancaire|bancaires",
    "state:in_process": "en traitement|en cours de traitement",
    "company": (
        "de l agence|de l entreprise|de la societe|de mon agence|de mon entreprise|de notre agence|"
        "de notre entreprise|de notre societe|a la societe|a l agence|a l entreprise|l agence a t elle|l agence a|"
        "l entreprise a t elle|chez nous"
    ),
}
