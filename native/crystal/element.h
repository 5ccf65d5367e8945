/* element.h - the elements that a simulation may hold: size, vibration, scattering of electrons.
 *
 * Scattering factors are those of Lobato and Van Dyck, Acta Cryst. A 70, 636 (2014), DOI
 * 10.1107/S205327331401643X. Covalent radii: Cordero et al., Dalton Trans. 2008, 2832, DOI 10.1039/b801115j
 * (low spin). Vibrations are rounded and for room temperature: near enough for a frozen phonon. Lengths in A.
 */
#ifndef CRYSTAL_ELEMENT_H
#define CRYSTAL_ELEMENT_H

enum element_index {
    ELEMENT_C,
    ELEMENT_N,
    ELEMENT_O,
    ELEMENT_SI,
    ELEMENT_S,
    ELEMENT_TI,
    ELEMENT_FE,
    ELEMENT_CO,
    ELEMENT_NI,
    ELEMENT_CU,
    ELEMENT_ZN,
    ELEMENT_SE,
    ELEMENT_PD,
    ELEMENT_AG,
    ELEMENT_CD,
    ELEMENT_TE,
    ELEMENT_PT,
    ELEMENT_AU,
    ELEMENT_COUNT
};

struct element {
    const char *symbol;
    double covalent_radius_a;
    double vibration_a; /* standard deviation along one axis */
    double a[5], b[5];  /* f(k) = sum of a (2 + b k^2) / (1 + b k^2)^2; a in A, b in A^2 */
};

/* By index, 0 to ELEMENT_COUNT - 1; static. The index of a symbol, -1 where it is none of them. */
const struct element *element_get(int index);
int element_find(const char *symbol);

/* The electron scattering factor in A (first Born approximation) at |k|^2 = `k2` in A^-2, k = 1 / d. */
double element_scattering(const struct element *element, double k2);

#endif
