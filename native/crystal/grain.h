/* grain.h - atoms of one particle: a crystal cut to a shape, with faults and strain, turned and put in place.
 *
 * Multiply twinned particles (decahedra, icosahedra) are built from their tetrahedra; they exist for fcc
 * alone. Lengths in A.
 */
#ifndef CRYSTAL_GRAIN_H
#define CRYSTAL_GRAIN_H

#include "crystal/atoms.h"
#include "crystal/phase.h"

enum grain_shape {
    GRAIN_SPHERE,
    GRAIN_ELLIPSOID,
    GRAIN_POLYHEDRON,
    GRAIN_IRREGULAR, /* a sphere that the grain's planes cut */
    GRAIN_DECAHEDRON,
    GRAIN_ICOSAHEDRON,
    GRAIN_SHAPE_COUNT
};

/* "sphere", "ellipsoid", "polyhedron", "irregular", "decahedron", "icosahedron". Static. */
const char *grain_shape_name(enum grain_shape shape);

/* A twin is the layers above turned by 180 degrees about the plane's normal: a twin in fcc and zinc-blende,
 * the I1 fault in wurtzite. A stacking fault is the layers above glided by <112>/6: fcc and zinc-blende. */
enum grain_fault_kind { GRAIN_TWIN, GRAIN_STACKING_FAULT };

struct grain_fault {
    enum grain_fault_kind kind;
    int layer; /* the last one below; the cut lies (layer + 0.875) spacings along the normal */
};

/* All of one side is left out: crystal axes, unit normal, distance from the centre. */
struct grain_plane {
    double normal[3], distance_a;
};

enum { GRAIN_FAULT_MOST = 3, GRAIN_PLANE_MOST = 16, GRAIN_DOMAIN_MOST = 20, GRAIN_BOUNDARY_MOST = 30 };

struct grain {
    const struct phase *phase;
    enum grain_shape shape;
    double radius_a;           /* of the sphere that holds it, but for the ellipsoid */
    double axes_a[3];          /* half axes of an ellipsoid, along the crystal's x, y, z */
    double face_111, face_100; /* polyhedron: distances of its faces from the centre, of the radius;
                                  in wurtzite of the prism's sides and of the two basal faces */
    struct grain_plane planes[GRAIN_PLANE_MOST]; /* cut any shape; strain comes after them */
    int plane_count;
    double offset[3];   /* the crystal's origin as seen from the centre */
    double strain[9];   /* added to the unit matrix, in crystal axes */
    double rotation[9]; /* row-major, from crystal axes to the image's */
    double centre[3];
    struct grain_fault faults[GRAIN_FAULT_MOST]; /* by rising layer; all on the phase's stacking plane */
    int fault_count;
};

/* Adds the grain's atoms with the given owner. FRINGE_ARGUMENT for faults or shapes that the phase lacks. */
fringe_status grain_build(const struct grain *grain, int owner, struct atoms *atoms, fringe_error *error);

/* The crystals within a grain: one, or with each twin one more, or a multiply twinned particle's wedges.
 * Each map (row-major) leads from a vector of the phase's cell axes to the image's, strain included. Returns
 * their number, GRAIN_DOMAIN_MOST at most. */
int grain_domains(const struct grain *grain, double maps[GRAIN_DOMAIN_MOST][9]);

/* A twin plane of a multiply twinned particle: its corners from the grain's centre, along the image's axes.
 */
struct grain_boundary {
    double corner[4][3];
    int corner_count;
};

/* The twin planes of a decahedron (5) or icosahedron (30); 0 for the other shapes. */
int grain_boundaries(const struct grain *grain, struct grain_boundary boundaries[GRAIN_BOUNDARY_MOST]);

/* The distance of a fault's plane from the grain's centre along the unrotated normal. */
double grain_fault_distance(const struct grain *grain, const struct grain_fault *fault);

#endif
