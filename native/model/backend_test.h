/* backend_test.h - a folder in the layout of ONNX's backend tests.
 *
 * model.onnx, and beside it folders test_data_set_0, _1, ... with input_0.pb, ..., output_0.pb, ...: one
 * TensorProto each, of any type and rank that Fringe computes.
 */
#ifndef MODEL_BACKEND_TEST_H
#define MODEL_BACKEND_TEST_H

#include "fringe/model.h"
#include "fringe/run.h"

/* 1 where a folder has that layout. */
int backend_test_recognise(const char *folder);

/* Runs every data set and adds to *check, whose tolerances are set. */
fringe_status backend_test_run(const char *folder, const fringe_run *run, fringe_model_check *check,
                               fringe_error *error);

#endif
