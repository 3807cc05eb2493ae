package io.github.clip4j.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Floating-point operations done, which JMH divides by the time; a multiply-add counts as two. */
@State(Scope.Thread)
@AuxCounters
public class Flops {
    /** In units of 10^9. */
    public double gflop;
}
