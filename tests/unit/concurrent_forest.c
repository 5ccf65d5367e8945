/* Forests grown and asked by several threads at once, for ThreadSanitizer. A plain program, since Criterion
 * cannot start under it: exit status 0 is success. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "forest/forest_judge.h"
#include "forest/forest_predict.h"

enum { ROWS = 1500, FEATURES = 6, CLASSES = 3, USERS = 3 };

static float values[ROWS * FEATURES];
static uint16_t classes[ROWS];
static struct forest *shared;
static float expected[ROWS * CLASSES];

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "concurrent_forest: %s\n", what);
    exit(1);
}

static struct forest *grow(const fringe_run *run, double *unseen)
{
    static const char *const names[] = {"a", "b", "c"};
    const struct forest_table table = {values, classes, ROWS, FEATURES, CLASSES};
    struct forest_settings settings;
    struct forest *forest = NULL;
    float *probabilities = malloc(sizeof expected);
    forest_settings_init(&settings);
    settings.tree_count = 12;
    require(probabilities && !forest_grow(&settings, &table, names, run, &forest, NULL, NULL), "no forest");
    require(!forest_judge_out_of_bag(forest, &settings, &table, run, probabilities, unseen, NULL),
            "no judgement");
    free(probabilities);
    return forest;
}

/* With threads of its own: a forest as the first one, and the first one's answers. */
static void *use(void *unused)
{
    double unseen;
    fringe_run *run = NULL;
    float *probabilities = malloc(sizeof expected);
    (void)unused;
    require(probabilities && !fringe_run_create(2, &run, NULL), "no run");
    require(!forest_predict(shared, values, ROWS, run, probabilities, NULL), "no answer");
    require(!memcmp(probabilities, expected, sizeof expected), "another answer");
    struct forest *own = grow(run, &unseen);
    require(own->node_count == shared->node_count &&
                !memcmp(own->nodes, shared->nodes, own->node_count * sizeof *own->nodes),
            "another forest");
    forest_free(own);
    free(probabilities);
    fringe_run_free(run);
    return NULL;
}

int main(void)
{
    pthread_t users[USERS];
    double unseen;
    fringe_run *run = NULL;
    struct rng rng = rng_from_seed(1);
    for (int i = 0; i < ROWS; i++) {
        for (int f = 0; f < FEATURES; f++) values[i * FEATURES + f] = (float)rng_normal(&rng);
        classes[i] = (uint16_t)((values[i * FEATURES] > 0) + (values[i * FEATURES + 1] > 0));
    }
    require(!fringe_run_create(1, &run, NULL), "no run");
    shared = grow(run, &unseen);
    require(unseen > 0.9, "does not learn");
    require(!forest_predict(shared, values, ROWS, run, expected, NULL), "no answer");
    for (int i = 0; i < USERS; i++) require(!pthread_create(&users[i], NULL, use, NULL), "no thread");
    for (int i = 0; i < USERS; i++) pthread_join(users[i], NULL);
    forest_free(shared);
    fringe_run_free(run);
    return 0;
}
