"""Words that are never part of a name or an address: with one left over, a message says more than a rule knows."""

from typing import Final

FRENCH: Final = (
    "je tu il elle on nous vous ils elles ce cela ca c j m t s n qu lui leur leurs mon ma mes ton ta tes son sa ses "
    "notre nos votre vos qui que quoi dont ou quand lorsque lorsqu si sinon comme puis alors donc mais car parce "
    "puisque afin pendant avant apres depuis des sauf sans selon pas ne ni jamais plus moins non oui peut etre est "
    "sont sera seront etait serait soit ont avait aura avons ai as doit doivent faut faudra fait faire fais "
    "veut veux voudrait veulent demain hier aujourd hui maintenant bientot tard tot tantot matin soir midi semaine "
    "mois annee jour jours lundi mardi mercredi jeudi vendredi samedi dimanche prochain prochaine dernier derniere "
    "deja encore toujours vite urgent aussi ensuite enfin possible confirme confirmer confirmation attends attend "
    "attendre attente passe passer mets mettre cree creer ajoute ajouter supprime supprimer efface effacer annule "
    "annuler change changer modifie modifier note noter envoie envoyer ecris ecrire prepare preparer dit dire dis "
    "demande demander voir montre affiche trouve cherche dossier dossiers transaction transactions tache taches prix "
    "loyer montant adresse etape stade statut date mandat compromis promesse acte vente ventes achat achats location "
    "locations bail vendeur vendeuse acheteur acheteuse acquereur locataire bailleur proprietaire agent client cliente "
    "clients fiche visite visites euros euro eur chf usd gbp dollars francs pour avec contre environ entre jusqu vers "
    "chez tous tout toute toutes quel quelle quels quelles combien comment pourquoi merci stp svp bonjour salut rien "
    "aucun aucune personne quelqu autre autres meme negatif offre prospect cloture ferme fermer clos archive archiver "
    "vendu vendue loue louee signe signee recu recue accepte refuse baisse hausse telephone tel mail email courriel "
    "numero potentiel interesse visiter hesite pense croire crois savoir sais utile suivant suivante precedent "
    "precedente lequel laquelle celui celle ceux ici ailleurs eux moi toi deux trois quatre plusieurs rdv rendez "
    "reunion facture charges honoraires commission negociable estimation minimum maximum"
)
ENGLISH: Final = (
    "i you he she it we they me him us them my your his its our their this that these those who whom which what when "
    "whenever where while whether if unless until till once after before since because so but or nor not no yes never "
    "then than also too maybe perhaps is are was were be been being am do does did done don have has had having will "
    "would shall should could can may might must need needs want wants wait tomorrow yesterday today tonight now soon "
    "later morning evening week month year day days monday tuesday wednesday thursday friday saturday sunday next last "
    "latest already still again asap urgent urgently please thanks thank hello hi confirm confirms confirmed "
    "confirmation move moved set put create created add added delete deleted remove removed cancel cancelled undo "
    "change changed update updated send write tell ask asked said says show find open close closed make made prepare "
    "file files transaction transactions job jobs task tasks price rent amount address stage step status date mandate "
    "offer deed agreement sale sales purchase rental letting lease buyer seller vendor tenant landlord owner agent "
    "client clients prospect note notes visit sheet form euros euro pounds dollars francs eur gbp usd chf for with "
    "without about from into only just all any some every each none nobody someone somebody other another same instead "
    "except negative how why much many few sold rented signed received accepted rejected pending failed email phone "
    "mail number potential interested two three meeting appointment invoice bill negotiable approx approximately "
    "around minimum maximum estimated estimate probably yet current currently"
)
BARRED: Final = frozenset(f"{FRENCH} {ENGLISH}".split()) - {"s", "d", "des", "a", "m"}
"""Short words that are also parts of names are left out: «rue d'Antibes», «M. Roy»."""

STREET_WORDS: Final = (
    "rue avenue av bd boulevard blvd bvd ave place pl allee allees chemin route quai cours square passage sentier "
    "ruelle faubourg fbg esplanade promenade voie villa residence domaine chateau hameau lotissement chalet manoir "
    "rond traverse montee cite parc rocade mail cour clos immeuble tour quartier lieu-dit street st road rd lane ln "
    "drive dr close court ct way terrace row gardens garden crescent grove hill house cottage mews yard green mill "
    "farm barn hall lodge wharf walk parade view rise apartment building manor gate impasse"
)
STREETS: Final = frozenset(STREET_WORDS.split())

SMALL_WORDS: Final = (
    "s d des a st de du la le les l au aux en sur sous lez et of the and upon on in at near by bis ter quater b c "
    "von van der den zu am appt apt appartement appart bat batiment lot lots etage esc escalier porte no n flat unit "
    "floor room suite general marechal docteur president colonel capitaine abbe saint sainte ste cedex janvier "
    "fevrier mars avril mai juin juillet aout septembre octobre novembre decembre rez chaussee angle point numero"
)
BESIDE: Final = frozenset(SMALL_WORDS.split())
"""Words written small within an address."""

TITLE_WORDS: Final = (
    "m dr docteur mr mrs ms miss mme mlle mmes mm monsieur madame mademoiselle messieurs mesdames me maitre prof sir "
    "lady lord sci sarl sas sa eurl consorts epoux famille cabinet agence etude societe succession indivision"
)
TITLES: Final = frozenset(TITLE_WORDS.split())

PARTICLE_WORDS: Final = "de du des d la le les l von van der den di da del dos ben al el bin et and y s & fils"
PARTICLES: Final = frozenset(PARTICLE_WORDS.split())
