/* phase.h - the crystals that a simulation knows: unit cells, and how close-packed layers may be misplaced.
 *
 * Lengths in A. Cubic cells but for wurtzite, whose c lies along z; lattice constants at room temperature.
 */
#ifndef CRYSTAL_PHASE_H
#define CRYSTAL_PHASE_H

enum phase_structure { PHASE_FCC, PHASE_BCC, PHASE_ZINC_BLENDE, PHASE_WURTZITE, PHASE_SPINEL };

struct phase {
    const char *name; /* as in recipes and truth.csv: "Au", "CdSe" */
    enum phase_structure structure;
    int elements[2]; /* cation (or the only one), anion; -1 for none */
    double a, c;     /* c = a but for wurtzite */
};

enum { PHASE_COUNT = 13, PHASE_CELL_MOST = 56 };

/* By index; static. The index of a name, -1 where there is none. */
const struct phase *phase_get(int index);
int phase_find(const char *name);

/* "fcc", "bcc", "zinc-blende", "wurtzite", "spinel". Static. */
const char *phase_structure_name(enum phase_structure structure);

/* An atom of the unit cell. */
struct phase_site {
    double position[3]; /* Cartesian, A */
    int element;
};

/* The cell's vectors (rows) and its atoms; returns their number. Cubic axes lie along x, y, z; the hexagonal
 * c along z. */
int phase_cell(const struct phase *phase, double vectors[3][3], struct phase_site sites[PHASE_CELL_MOST]);

/* How close-packed layers are stacked; 0 for structures without (bcc, spinel). The plane of the layers has
 * the unit `normal`; layer k begins at k * spacing along it, and between the layers, at (k + 0.875) *
 * spacing, no atom lies. `step` leads from an atom of one layer to one of the next (in wurtzite from even to
 * odd ones only). `glide` is the partial <112>/6 that turns ABCABC into ABCBCA above the cut: an intrinsic
 * fault. */
struct phase_stacking {
    double normal[3], spacing, step[3], glide[3];
};
int phase_stacking(const struct phase *phase, struct phase_stacking *stacking);

#endif
