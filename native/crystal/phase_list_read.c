/* phase_list_read: phases from the user's own files. */
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "crystal/cif_read.h"
#include "crystal/phase_list.h"
#include "text/yaml_read.h"

/* The places that a site of a centred cell stands for besides its own. */
static const struct centring {
    char letter;
    int count;
    double shifts[3][3];
} centrings[] = {{'P', 0, {{0}}},
                 {'I', 1, {{0.5, 0.5, 0.5}}},
                 {'F', 3, {{0, 0.5, 0.5}, {0.5, 0, 0.5}, {0.5, 0.5, 0}}},
                 {'A', 1, {{0, 0.5, 0.5}}},
                 {'B', 1, {{0.5, 0, 0.5}}},
                 {'C', 1, {{0.5, 0.5, 0}}}};

static fringe_status read_length(const struct text_tree *tree, const struct text_node *node, const char *key,
                                 double fallback, double *value, fringe_error *error)
{
    const struct text_node *child = text_tree_find(node, key);
    *value = fallback;
    if (child && !text_tree_number(child, value))
        return text_tree_wrong(tree, child, FRINGE_FORMAT, error, "not a number");
    return FRINGE_OK;
}

static const struct centring *find_centring(const struct text_node *node)
{
    const char *letter = text_tree_text(node, "centring", "P");
    for (size_t i = 0; i < sizeof centrings / sizeof *centrings; i++)
        if (letter[0] == centrings[i].letter && !letter[1]) return centrings + i;
    return NULL;
}

/* [Cd, 0.25, 0.25, 0.25] or with an occupancy behind. */
static fringe_status read_atom(const struct text_tree *tree, const struct text_node *node,
                               const struct centring *centring, struct cell *cell, fringe_error *error)
{
    struct cell_site site = {.occupancy = 1};
    if (node->kind != TEXT_LIST || node->count < 4 || node->count > 5 || node->first->kind != TEXT_SCALAR)
        return text_tree_wrong(
            tree, node, FRINGE_FORMAT, error,
            "an atom is a list of its element, three coordinates and perhaps its occupancy");
    site.atomic_number = cell_atomic_number(node->first->text, strlen(node->first->text));
    if (site.atomic_number == 0)
        return text_tree_wrong(tree, node->first, FRINGE_FORMAT, error, "'%s' is no element",
                               node->first->text);
    const struct text_node *item = node->first->next;
    for (size_t k = 0; item; k++, item = item->next) {
        double *value = k < 3 ? site.position + k : &site.occupancy, most = k < 3 ? 100 : 1;
        if (!text_tree_number(item, value) || !(*value >= (k < 3 ? -most : 0) && *value <= most))
            return text_tree_wrong(tree, item, FRINGE_FORMAT, error, "'%s' is no %s", item->text,
                                   k < 3 ? "coordinate in parts of the cell" : "occupancy from 0 to 1");
    }
    fringe_status status = cell_add_site(cell, &site, error);
    for (int i = 0; i < centring->count && !status; i++) {
        struct cell_site image = site;
        for (int k = 0; k < 3; k++) image.position[k] += centring->shifts[i][k];
        status = cell_add_site(cell, &image, error);
    }
    return status ? text_tree_wrong(tree, node, status, error, "the cell takes no more atoms") : FRINGE_OK;
}

static fringe_status read_cell(const struct text_tree *tree, const struct text_node *node, struct cell *cell,
                               fringe_error *error)
{
    static const char *const keys[] = {"name", "a", "b", "c", "alpha", "beta", "gamma", "centring", "atoms"};
    double lengths[3], angles[3];
    for (const struct text_node *child = node->first; child; child = child->next) {
        size_t k = 0;
        while (k < sizeof keys / sizeof *keys && strcmp(child->key, keys[k])) k++;
        if (k == sizeof keys / sizeof *keys)
            return text_tree_wrong(tree, child, FRINGE_FORMAT, error, "there is no such key in a phase");
    }
    const char *name = text_tree_text(node, "name", "");
    const struct text_node *atoms = text_tree_find(node, "atoms");
    const struct centring *centring = find_centring(node);
    if (!*name || strlen(name) >= CELL_NAME_BYTES)
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "a phase needs a name of 1 to %d bytes",
                               (int)CELL_NAME_BYTES - 1);
    if (!centring)
        return text_tree_wrong(tree, text_tree_find(node, "centring"), FRINGE_FORMAT, error,
                               "centring is P, I, F, A, B or C");
    if (!atoms || atoms->kind != TEXT_LIST || atoms->count == 0)
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "%s: a list of atoms is missing", name);
    memcpy(cell->name, name, strlen(name) + 1);
    fringe_status status = read_length(tree, node, "a", 0, lengths, error);
    if (!status) status = read_length(tree, node, "b", lengths[0], lengths + 1, error);
    if (!status) status = read_length(tree, node, "c", lengths[0], lengths + 2, error);
    for (int k = 0; k < 3 && !status; k++)
        status = read_length(tree, node, keys[4 + k], 90, angles + k, error);
    if (!status) {
        fringe_error why = {0};
        status = cell_set_lengths(cell, lengths, angles, &why);
        if (status) return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "%s", why.message);
    }
    for (const struct text_node *atom = atoms->first; atom && !status; atom = atom->next)
        status = read_atom(tree, atom, centring, cell, error);
    return status;
}

static fringe_status read_cif(const char *path, struct phase_list *list, fringe_error *error)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    struct cell cell = {0};
    fringe_status status = file_read_all(path, CIF_MOST_BYTES, &bytes, &size, error);
    if (!status) status = cif_read((const char *)bytes, size, path, &cell, error);
    if (!status) status = phase_list_add(list, &cell, error);
    alloc_free(bytes);
    return status;
}

static fringe_status read_beside(const char *path, const char *name, struct phase_list *list,
                                 fringe_error *error)
{
    char *folder = path_directory(path), *beside = folder ? path_join(folder, name) : NULL;
    fringe_status status =
        beside ? read_cif(beside, list, error) : failure_memory(error, "a path", strlen(path) + strlen(name));
    alloc_free(folder);
    alloc_free(beside);
    return status;
}

static fringe_status read_phase(const char *path, const struct text_tree *tree, const struct text_node *node,
                                struct phase_list *list, fringe_error *error)
{
    struct cell cell = {0};
    const char *file = text_tree_text(node, "file", NULL);
    fringe_status status;
    if (node->kind == TEXT_SCALAR) {
        int known = phase_find(node->text);
        if (known < 0)
            return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "'%s' is no built-in phase", node->text);
        status = cell_from_phase(phase_get(known), &cell, error);
    } else if (file && node->count == 1) {
        return read_beside(path, file, list, error);
    } else if (node->kind == TEXT_MAP) {
        status = read_cell(tree, node, &cell, error);
    } else {
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "a phase is a name or a map");
    }
    if (!status) return phase_list_add(list, &cell, error);
    cell_clear(&cell);
    return status;
}

static fringe_status read_yaml(const char *path, const void *bytes, size_t size, struct phase_list *list,
                               fringe_error *error)
{
    struct text_tree *tree = NULL;
    fringe_status status = yaml_read(bytes, size, path, &tree, error);
    if (status) return status;
    const struct text_node *phases = text_tree_find(text_tree_root(tree), "phases");
    if (!phases || phases->kind != TEXT_LIST || phases->count == 0)
        status = text_tree_wrong(tree, phases, FRINGE_FORMAT, error,
                                 "neither a CIF (no data_ block) nor a list of phases");
    for (const struct text_node *node = status ? NULL : phases->first; node && !status; node = node->next)
        status = read_phase(path, tree, node, list, error);
    text_tree_free(tree);
    return status;
}

/* A CIF is known by a line that begins with data_. */
static int looks_like_cif(const char *bytes, size_t size)
{
    for (size_t i = 0; i + 5 <= size; i++)
        if ((i == 0 || bytes[i - 1] == '\n') && !memcmp(bytes + i, "data_", 5)) return 1;
    return 0;
}

fringe_status phase_list_read(const char *path, struct phase_list *list, fringe_error *error)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    fringe_status status = file_read_all(path, CIF_MOST_BYTES, &bytes, &size, error);
    if (!status && looks_like_cif((const char *)bytes, size))
        status = read_cif(path, list, error);
    else if (!status)
        status = read_yaml(path, bytes, size, list, error);
    alloc_free(bytes);
    return status;
}
