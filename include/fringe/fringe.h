/* fringe.h - all of Fringe's public interface. Include one header below for one part of it. */
#ifndef FRINGE_FRINGE_H
#define FRINGE_FRINGE_H

#include "fringe/batch.h"
#include "fringe/evaluate.h"
#include "fringe/faults.h"
#include "fringe/micrograph.h"
#include "fringe/model.h"
#include "fringe/particles.h"
#include "fringe/run.h"
#include "fringe/segment.h"
#include "fringe/simulate.h"
#include "fringe/spectrum.h"
#include "fringe/status.h"
#include "fringe/train.h"
#include "fringe/version.h"

#endif
