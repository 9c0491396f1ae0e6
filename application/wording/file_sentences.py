"""What is said of a file that can not be read, in Dutch, by the English sentence that stands in the code."""

FILE_SENTENCES = {
    "the file": "het bestand",
    "{}: has a header and no rows below it": "{}: heeft kolomnamen en daaronder geen rijen",
    "{}: is read twice, which a pipe can not be; write it to a file first": (
        "{}: wordt tweemaal gelezen; schrijf het eerst naar een bestand"
    ),
    "{}: is empty; the first line must name the columns {}": "{}: is leeg; de eerste regel noemt de kolommen {}",
    "{}: can not be read: {}": "{}: kan niet worden gelezen: {}",
    "{}: is an old Excel workbook, or one with a password; save it as .xlsx without a password": (
        "{}: is een oude Excel-werkmap, of een met een wachtwoord; bewaar hem als .xlsx zonder wachtwoord"
    ),
    "{}: is no Excel workbook, in spite of its name; save it again as .xlsx or as CSV": (
        "{}: is geen Excel-werkmap, ondanks de naam; bewaar het opnieuw als .xlsx of als CSV"
    ),
    "{} must name the columns of a register file; {}": "{}: hier moeten de kolommen van een register staan; {}",
    "{}: line 1": "{}: regel 1",
    "unknown column {}": "onbekende kolom {}",
    "unknown column {}, did you mean {}?": "onbekende kolom {}, bedoelt u {}?",
    "column {} stands there twice": "kolom {} staat er tweemaal",
    "missing: {}": "ontbreekt: {}",
    "{}: line 1 is separated by tabs; save the file with commas or semicolons": (
        "{}: regel 1 is met tabs gescheiden; bewaar het bestand met komma's of puntkomma's"
    ),
    "{}: line {} is not UTF-8 (byte 0x{} at place {}); save the file as 'CSV UTF-8'": (
        "{}: regel {} is geen UTF-8 (byte 0x{} op plaats {}); bewaar het bestand als 'CSV UTF-8'"
    ),
    "{}: is UTF-16, not UTF-8; save it as 'CSV UTF-8'": "{}: is UTF-16, geen UTF-8; bewaar het als 'CSV UTF-8'",
    "{}: line {} has a NUL byte; is this a text file? Save it as 'CSV UTF-8'": (
        "{}: regel {} heeft een NUL-byte; is dit een tekstbestand? Bewaar het als 'CSV UTF-8'"
    ),
    "the row that begins on line {} has a quote that is never closed": (
        "de rij die op regel {} begint heeft een aanhalingsteken dat niet wordt gesloten"
    ),
    "the row that begins on line {} is not CSV: {}; double a quote inside quotes": (
        "de rij die op regel {} begint is geen CSV: {}; verdubbel een aanhalingsteken tussen aanhalingstekens"
    ),
    "{}: has a cell that the spreadsheet could not compute ({}); mend it": (
        "{}: heeft een cel die het rekenblad niet kon uitrekenen ({}); herstel die"
    ),
    "save the register as an Excel workbook (.xlsx) or as 'CSV UTF-8'": (
        "bewaar het register als Excel-werkmap (.xlsx) of als 'CSV UTF-8'"
    ),
    "{}: is no Excel workbook; {}": "{}: is geen Excel-werkmap; {}",
    "{}: is a damaged workbook ({}); {}": "{}: is een beschadigde werkmap ({}); {}",
    "{}: is protected by a password; {} without one": "{}: is met een wachtwoord beveiligd; {}, zonder wachtwoord",
    "{}: spans {} cells; delete what stands outside the register": (
        "{}: beslaat {} cellen; verwijder wat buiten het register staat"
    ),
    "{}: has {} sheets ({}); keep only the one with the register": (
        "{}: heeft {} bladen ({}); houd alleen het blad met het register"
    ),
}
"""English on the left, Dutch on the right."""
