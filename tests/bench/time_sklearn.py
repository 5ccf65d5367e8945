"""Times scikit-learn's random forest on tables, as bench_forest does for ours; or makes the tables.

    python3 time_sklearn.py make TRAIN.npy TEST.npy ROWS FEATURES SEED
    python3 time_sklearn.py time TRAIN.npy TEST.npy TREES THREADS SEED
"""
import sys
import time

import numpy as np

mode, train_path, test_path = sys.argv[1:4]
first, second, seed = map(int, sys.argv[4:7])

if mode == "make":
    from sklearn.datasets import make_classification

    rows, features = first, second
    x, y = make_classification(rows + rows // 5, features, n_informative=features // 4, n_redundant=features // 4,
                               n_classes=3, n_clusters_per_class=4, flip_y=0.05, random_state=seed)
    table = np.column_stack([x, y]).astype(np.float32)
    np.save(train_path, table[:rows])
    np.save(test_path, table[rows:])
else:
    from sklearn.ensemble import RandomForestClassifier

    train, test = np.load(train_path), np.load(test_path)
    x, y = np.ascontiguousarray(train[:, :-1]), train[:, -1].astype(int)
    test_x, test_y = np.ascontiguousarray(test[:, :-1]), test[:, -1].astype(int)
    forest = RandomForestClassifier(first, n_jobs=second, random_state=seed)
    cpu, wall = time.process_time(), time.perf_counter()
    forest.fit(x, y)
    grown_cpu, grown_wall = time.process_time(), time.perf_counter()
    probabilities = forest.predict_proba(test_x)
    done_cpu, done_wall = time.process_time(), time.perf_counter()
    right = np.mean(forest.classes_[probabilities.argmax(1)] == test_y)
    print(f"sklearn: fit {grown_cpu - cpu:.3f} ({grown_wall - wall:.3f}) s, predict {done_cpu - grown_cpu:.3f} "
          f"({done_wall - grown_wall:.3f}) s, accuracy {right:.5f}")
