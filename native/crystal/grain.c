#include "crystal/grain.h"

#include <math.h>
#include <string.h>

#include "base/failure.h"

#define PI                3.14159265358979323846
#define CUT_OF_SPACING    0.875 /* between the layers, see phase_stacking */
#define DECAHEDRON_REACH  0.9   /* of the radius: across and along the axis */
#define DECAHEDRON_HEIGHT 0.7
#define ICOSAHEDRON_EDGE  1.0514622242382672 /* of the radius */

const char *grain_shape_name(enum grain_shape shape)
{
    static const char *const names[] = {"sphere",    "ellipsoid",  "polyhedron",
                                        "irregular", "decahedron", "icosahedron"};
    return names[shape];
}

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

double grain_fault_distance(const struct grain *grain, const struct grain_fault *fault)
{
    struct phase_stacking stacking;
    if (!phase_stacking(grain->phase, &stacking)) return 0;
    return (fault->layer + CUT_OF_SPACING) * stacking.spacing + dot(grain->offset, stacking.normal);
}

/* Whether a point of the crystal, seen from the centre, lies inside. */
static int is_inside(const struct grain *grain, const double *p)
{
    double r = grain->radius_a;
    if (grain->shape == GRAIN_ELLIPSOID) {
        double sum = 0;
        for (int k = 0; k < 3; k++) sum += p[k] * p[k] / (grain->axes_a[k] * grain->axes_a[k]);
        return sum <= 1;
    }
    if (dot(p, p) > r * r) return 0;
    if (grain->shape != GRAIN_POLYHEDRON) return 1;
    double x = fabs(p[0]), y = fabs(p[1]), z = fabs(p[2]);
    double face_111 = grain->face_111 * r, face_100 = grain->face_100 * r;
    if (grain->phase->structure == PHASE_WURTZITE) { /* a hexagonal prism */
        double side = fmax(y, fabs(x * sqrt(0.75)) + y / 2);
        return side <= face_111 && z <= face_100;
    }
    return (x + y + z) * sqrt(1. / 3) <= face_111 && fmax(x, fmax(y, z)) <= face_100;
}

/* Puts a point, seen from the centre in crystal axes, into its place, unless a plane cuts it off. */
static fringe_status place(const struct grain *grain, const double *p, int element, int owner,
                           struct atoms *atoms, fringe_error *error)
{
    double strained[3];
    for (int i = 0; i < grain->plane_count; i++)
        if (dot(p, grain->planes[i].normal) > grain->planes[i].distance_a) return FRINGE_OK;
    struct atom atom = {.element = element, .owner = owner};
    for (int k = 0; k < 3; k++) strained[k] = p[k] + dot(grain->strain + 3 * k, p);
    for (int k = 0; k < 3; k++) atom.position[k] = grain->centre[k] + dot(grain->rotation + 3 * k, strained);
    return atoms_add(atoms, &atom, error);
}

/* What has happened to the layers above a cut, in lattice coordinates. */
struct misplacement {
    double above; /* distance along the normal */
    int turned;   /* 180 degrees about the normal through `axis`, else a shift by `shift` */
    double axis[3], shift[3];
};

static void misplace(const struct misplacement *cuts, int count, const double *normal, double *p)
{
    double height = dot(p, normal); /* no cut changes it */
    for (int i = 0; i < count; i++) {
        const struct misplacement *cut = cuts + i;
        if (height <= cut->above) break;
        if (cut->turned) {
            double from[3] = {p[0] - cut->axis[0], p[1] - cut->axis[1], p[2] - cut->axis[2]};
            double along = dot(from, normal);
            for (int k = 0; k < 3; k++) p[k] = cut->axis[k] + 2 * along * normal[k] - from[k];
        } else {
            for (int k = 0; k < 3; k++) p[k] += cut->shift[k];
        }
    }
}

static fringe_status list_cuts(const struct grain *grain, const struct phase_stacking *stacking,
                               struct misplacement cuts[GRAIN_FAULT_MOST], fringe_error *error)
{
    int turns = 0, hexagonal = grain->phase->structure == PHASE_WURTZITE;
    for (int i = 0; i < grain->fault_count; i++) {
        const struct grain_fault *fault = grain->faults + i;
        struct misplacement *cut = cuts + i;
        *cut = (struct misplacement){.above = (fault->layer + CUT_OF_SPACING) * stacking->spacing,
                                     .turned = fault->kind == GRAIN_TWIN};
        if (hexagonal && !cut->turned)
            return failure_set(error, FRINGE_ARGUMENT, "%s has no such stacking fault, only twins (I1)",
                               grain->phase->name);
        /* The axis runs through an atom of the last layer below, which earlier cuts may have moved. */
        for (int k = 0; k < 3; k++)
            cut->axis[k] = hexagonal ? (fault->layer & 1) * stacking->step[k] +
                                           (fault->layer - (fault->layer & 1)) * stacking->spacing * (k == 2)
                                     : fault->layer * stacking->step[k];
        misplace(cuts, i, stacking->normal, cut->axis);
        /* Between two twins the layers run backwards, and so does the glide that is allowed. */
        for (int k = 0; k < 3; k++) cut->shift[k] = (turns % 2 ? -1 : 1) * stacking->glide[k];
        turns += cut->turned;
    }
    return FRINGE_OK;
}

/* A single crystal, with its faults. */
static fringe_status build_crystal(const struct grain *grain, int owner, struct atoms *atoms,
                                   fringe_error *error)
{
    struct phase_stacking stacking = {{0}, 0, {0}, {0}};
    struct misplacement cuts[GRAIN_FAULT_MOST];
    struct phase_site sites[PHASE_CELL_MOST];
    double cell[3][3], reach = grain->radius_a;
    int site_count = phase_cell(grain->phase, cell, sites);
    if (grain->fault_count && !phase_stacking(grain->phase, &stacking))
        return failure_set(error, FRINGE_ARGUMENT, "%s has no stacking faults here, %d are asked for",
                           grain->phase->name, grain->fault_count);
    fringe_status status = list_cuts(grain, &stacking, cuts, error);
    if (status) return status;
    for (int k = 0; k < 3; k++) reach = fmax(reach, grain->axes_a[k]);
    /* Glides add up to a lattice constant, turns keep the distance from an axis near the centre: 2 reach. */
    if (grain->fault_count) reach = 2 * reach + 2 * grain->phase->a;
    reach += sqrt(dot(grain->offset, grain->offset));
    int most[3]; /* cells each way; the hexagonal cell leans by 30 degrees */
    for (int k = 0; k < 3; k++) most[k] = 2 + (int)ceil(reach / cell[k][k] * (cell[1][0] != 0 ? 1.2 : 1));
    for (int i = -most[0]; i <= most[0]; i++)
        for (int j = -most[1]; j <= most[1]; j++)
            for (int l = -most[2]; l <= most[2]; l++)
                for (int s = 0; s < site_count; s++) {
                    double p[3];
                    for (int k = 0; k < 3; k++)
                        p[k] = i * cell[0][k] + j * cell[1][k] + l * cell[2][k] + sites[s].position[k];
                    misplace(cuts, grain->fault_count, stacking.normal, p);
                    for (int k = 0; k < 3; k++) p[k] += grain->offset[k];
                    if (!is_inside(grain, p)) continue;
                    status = place(grain, p, sites[s].element, owner, atoms, error);
                    if (status) return status;
                }
    return FRINGE_OK;
}

/* What a decahedron is made of: seen along z, its common [110] axis, a wedge is the lattice of two vectors
 * <112>/4 that are 70.53 degrees apart in fcc, opened to 72 so that five close the circle. */
static void wedge_edges(const struct grain *grain, int wedge, double edges[3][3])
{
    double length = grain->phase->a * sqrt(0.375), period = grain->phase->a * sqrt(0.5);
    for (int e = 0; e < 2; e++) {
        edges[e][0] = length * cos((wedge + e) * 2 * PI / 5);
        edges[e][1] = length * sin((wedge + e) * 2 * PI / 5);
        edges[e][2] = 0;
    }
    edges[2][0] = edges[2][1] = 0;
    edges[2][2] = period;
}

/* Five wedges; every other row is half a period higher. */
static fringe_status build_decahedron(const struct grain *grain, int owner, struct atoms *atoms,
                                      fringe_error *error)
{
    double edges[3][3], r = grain->radius_a;
    wedge_edges(grain, 0, edges);
    int rows = (int)(r * DECAHEDRON_REACH / edges[0][0]);
    int layers = (int)(r * DECAHEDRON_HEIGHT / edges[2][2]) + 1;
    for (int wedge = 0; wedge < 5; wedge++) {
        wedge_edges(grain, wedge, edges);
        for (int i = wedge ? 1 : 0; i <= rows; i++) /* the axis itself belongs to the first wedge */
            for (int j = 0; i + j <= rows; j++) {
                if (i == 0 && j > 0) break; /* that plane belongs to the next wedge */
                for (int l = -layers; l <= layers; l++) {
                    double p[3], height = l + ((i + j) & 1) * 0.5;
                    for (int k = 0; k < 3; k++)
                        p[k] = i * edges[0][k] + j * edges[1][k] + height * edges[2][k];
                    if (dot(p, p) > r * r) continue;
                    fringe_status status = place(grain, p, grain->phase->elements[0], owner, atoms, error);
                    if (status) return status;
                }
            }
    }
    return FRINGE_OK;
}

/* The unit icosahedron's corners; returns the distance between the shells. */
static double icosahedron_corners(const struct grain *grain, double corner[12][3])
{
    double golden = (1 + sqrt(5)) / 2, norm = sqrt(1 + golden * golden);
    for (int i = 0; i < 12; i++) {
        int axis = i / 4, one = i & 1 ? -1 : 1, other = i & 2 ? -1 : 1;
        corner[i][axis] = 0;
        corner[i][(axis + 1) % 3] = one / norm;
        corner[i][(axis + 2) % 3] = other * golden / norm;
    }
    return grain->phase->a * sqrt(0.5) / ICOSAHEDRON_EDGE;
}

/* Whether an edge joins two corners; the next longer distance is 1.7 radii. */
static int adjoin(double corner[12][3], int a, int b)
{
    return 2 - 2 * dot(corner[a], corner[b]) < 1.2 * ICOSAHEDRON_EDGE * ICOSAHEDRON_EDGE;
}

/* Mackay's icosahedron: shell n has the twelve corners at n radii, n - 1 atoms within each edge, and the
 * triangle in between (DOI 10.1107/S0365110X6200239X). */
static fringe_status build_icosahedron(const struct grain *grain, int owner, struct atoms *atoms,
                                       fringe_error *error)
{
    double corner[12][3], spacing = icosahedron_corners(grain, corner);
    int shells = (int)(grain->radius_a / spacing);
    fringe_status status = place(grain, (double[3]){0}, grain->phase->elements[0], owner, atoms, error);
    for (int n = 1; n <= shells && !status; n++)
        for (int a = 0; a < 12 && !status; a++)
            for (int b = a; b < 12 && !status; b++)
                for (int c = b; c < 12 && !status; c++) {
                    /* Of a corner a = b = c, of an edge b = c, of a face all differ: only what is inside. */
                    if (a == b ? b != c
                               : !adjoin(corner, a, b) || !adjoin(corner, b, c) || !adjoin(corner, a, c))
                        continue;
                    for (int i = a == b ? n : 1; i <= n && !status; i++)
                        for (int j = b == c ? n - i : 1; i + j <= n && !status; j++) {
                            int k = n - i - j;
                            if ((a != b && j < 1) || (b != c && k < 1)) continue;
                            double p[3];
                            for (int x = 0; x < 3; x++)
                                p[x] = spacing * (i * corner[a][x] + j * corner[b][x] + k * corner[c][x]);
                            status = place(grain, p, grain->phase->elements[0], owner, atoms, error);
                        }
                }
    return status;
}

fringe_status grain_build(const struct grain *grain, int owner, struct atoms *atoms, fringe_error *error)
{
    int multiple = grain->shape == GRAIN_DECAHEDRON || grain->shape == GRAIN_ICOSAHEDRON;
    if (multiple && (grain->phase->structure != PHASE_FCC || grain->fault_count))
        return failure_set(error, FRINGE_ARGUMENT, "a %s of %s (%s) with %d faults: fcc without faults only",
                           grain_shape_name(grain->shape), grain->phase->name,
                           phase_structure_name(grain->phase->structure), grain->fault_count);
    if (grain->shape == GRAIN_DECAHEDRON) return build_decahedron(grain, owner, atoms, error);
    if (grain->shape == GRAIN_ICOSAHEDRON) return build_icosahedron(grain, owner, atoms, error);
    return build_crystal(grain, owner, atoms, error);
}

/* Solves map * from_k = to_k for three vectors each: map = to * inverse(from), by the cross products. */
static void map_vectors(double from[3][3], double to[3][3], double map[9])
{
    double volume = 0, dual[3][3];
    for (int k = 0; k < 3; k++) {
        const double *b = from[(k + 1) % 3], *c = from[(k + 2) % 3];
        for (int x = 0; x < 3; x++)
            dual[k][x] = b[(x + 1) % 3] * c[(x + 2) % 3] - b[(x + 2) % 3] * c[(x + 1) % 3];
    }
    volume = dot(from[0], dual[0]);
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < 3; y++) {
            map[3 * x + y] = 0;
            for (int k = 0; k < 3; k++) map[3 * x + y] += to[k][x] * dual[k][y] / volume;
        }
}

/* What strain and rotation do to a map that ends in the grain's own axes. */
static void finish_map(const struct grain *grain, double map[9])
{
    double strained[9];
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < 3; y++) {
            strained[3 * x + y] = map[3 * x + y];
            for (int k = 0; k < 3; k++) strained[3 * x + y] += grain->strain[3 * x + k] * map[3 * k + y];
        }
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < 3; y++) {
            map[3 * x + y] = 0;
            for (int k = 0; k < 3; k++) map[3 * x + y] += grain->rotation[3 * x + k] * strained[3 * k + y];
        }
}

int grain_domains(const struct grain *grain, double maps[GRAIN_DOMAIN_MOST][9])
{
    double a = grain->phase->a;
    int count = 0;
    if (grain->shape == GRAIN_DECAHEDRON) {
        double from[3][3] = {{a / 4, a / 4, a / 2}, {-a / 4, -a / 4, a / 2}, {a / 2, -a / 2, 0}}, to[3][3];
        for (; count < 5; count++) {
            wedge_edges(grain, count, to);
            map_vectors(from, to, maps[count]);
        }
    } else if (grain->shape == GRAIN_ICOSAHEDRON) {
        double from[3][3] = {{a / 2, a / 2, 0}, {a / 2, 0, a / 2}, {0, a / 2, a / 2}}, to[3][3];
        double corner[12][3], spacing = icosahedron_corners(grain, corner);
        for (int i = 0; i < 12; i++)
            for (int j = i + 1; j < 12; j++)
                for (int k = j + 1; k < 12; k++) {
                    if (!adjoin(corner, i, j) || !adjoin(corner, j, k) || !adjoin(corner, i, k)) continue;
                    for (int x = 0; x < 3; x++) {
                        to[0][x] = spacing * corner[i][x];
                        to[1][x] = spacing * corner[j][x];
                        to[2][x] = spacing * corner[k][x];
                    }
                    map_vectors(from, to, maps[count++]);
                }
    } else {
        struct phase_stacking stacking;
        int twinned = 0;
        for (int i = 0; i < grain->fault_count; i++) twinned |= grain->faults[i].kind == GRAIN_TWIN;
        if (!phase_stacking(grain->phase, &stacking)) twinned = 0;
        for (; count < 1 + twinned; count++) /* every other layer pack is turned about the planes' normal */
            for (int k = 0; k < 9; k++)
                maps[count][k] =
                    count ? 2 * stacking.normal[k / 3] * stacking.normal[k % 3] - (k % 4 == 0) : k % 4 == 0;
    }
    for (int i = 0; i < count; i++) finish_map(grain, maps[i]);
    return count;
}

int grain_boundaries(const struct grain *grain, struct grain_boundary boundaries[GRAIN_BOUNDARY_MOST])
{
    double r = grain->radius_a, corner[12][3], map[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    int count = 0;
    if (grain->shape == GRAIN_DECAHEDRON) {
        for (; count < 5; count++) {
            double angle = count * 2 * PI / 5, out = DECAHEDRON_REACH * r, up = DECAHEDRON_HEIGHT * r;
            double rim = sqrt(r * r - up * up); /* where the sphere cuts the upper and the lower end */
            boundaries[count] = (struct grain_boundary){{{0, 0, -up},
                                                         {0, 0, up},
                                                         {rim * cos(angle), rim * sin(angle), up},
                                                         {out * cos(angle), out * sin(angle), 0}},
                                                        4};
        }
    } else if (grain->shape == GRAIN_ICOSAHEDRON) {
        icosahedron_corners(grain, corner);
        for (int i = 0; i < 12; i++)
            for (int j = i + 1; j < 12; j++) {
                if (!adjoin(corner, i, j)) continue;
                struct grain_boundary *boundary = boundaries + count++;
                *boundary = (struct grain_boundary){.corner_count = 3};
                for (int x = 0; x < 3; x++) {
                    boundary->corner[1][x] = r * corner[i][x];
                    boundary->corner[2][x] = r * corner[j][x];
                }
            }
    }
    finish_map(grain, map);
    for (int i = 0; i < count; i++)
        for (int c = 0; c < boundaries[i].corner_count; c++) {
            double p[3];
            memcpy(p, boundaries[i].corner[c], sizeof p);
            for (int x = 0; x < 3; x++) boundaries[i].corner[c][x] = dot(map + 3 * x, p);
        }
    return count;
}
