/* mutant.h - the engine broken on purpose, to see that a test notices.
 *
 * MUTANT is 0 in every build but those of `make mutants`, which defines it to each number below in
 * turn; elsewhere the compiler drops the other branch.
 *
 *   1  a write that comes later wins over a newer one
 *   2  an update that comes before its insert is forgotten
 *   3  nobody looks at signatures
 *   4  equal clocks are not decided by node number
 *   5  the offset learnt from the parent is ignored
 *   6  a later write does not bring a deleted row back
 *   7  a row of any unit is taken from any feed
 *   8  the parent is thought to hold all that is here
 *   9  an entry's clock may be below what its author had seen
 *  10  packs that wait are never tried again
 *  11  a pack that is here already is an error
 *  12  the digest ignores what the root holds
 *  13  a row under another node's number is taken
 *  14  personal feeds leave their commune
 *  15  a conflict lost by a lower node number is not listed
 *  16  what a revoked node wrote later stays
 *  17  a row comes back from its grave without later writes
 *  18  packs are merged before our own entries are sealed
 *  19  the highest clock seen is not kept
 *  20  a delete's word is taken for what a row held that was never here
 *  21  a restored node goes on with its old epoch
 *  22  an entry may be sealed with a time to come
 *  23  packs that the parent holds are sent again
 *  24  a device may write common tables
 *  25  a pack for a newer form is quarantined, and does not wait
 *  26  it may be earlier than the clocks that were seen
 *  27  of two writes of a cell at one time, the one that comes first stays
 *  28  what waited for its time goes in before our own entries are sealed
 *  29  sums that are kept are not marked when records change
 */
#ifndef STORAGE_MUTANT_H
#define STORAGE_MUTANT_H

#ifndef MUTANT
#define MUTANT 0
#endif
#define MUTANT_IS(n) (MUTANT == (n))

#endif
