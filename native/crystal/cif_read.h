/* cif_read.h - a crystal from a Crystallographic Information File (CIF 1.1; IUCr,
 * DOI 10.1107/S1600576715021871).
 *
 * Read from the first data block: the cell's lengths and angles, the sites in parts of the cell with their
 * occupancies, and the symmetry operations that multiply them. A file without operations is taken as P1, and
 * refused where it names another space group: its sites would be too few. Names of items are understood in
 * any case, and with the dots of DDL2 dictionaries. Everything else in the file is passed over.
 */
#ifndef CRYSTAL_CIF_READ_H
#define CRYSTAL_CIF_READ_H

#include "crystal/cell.h"

enum { CIF_MOST_BYTES = 8 << 20, CIF_OPERATION_MOST = 192, CIF_SITE_MOST = 256 };

/* Reads `size` bytes; `name` stands in messages. The cell is named by _chemical_name_common, else by the
 * block. The caller clears it with cell_clear; after a failure it is empty. FRINGE_FORMAT with the line. */
fringe_status cif_read(const char *bytes, size_t size, const char *name, struct cell *cell,
                       fringe_error *error);

#endif
