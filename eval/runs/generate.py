"""Writes an archive of N invented news articles to standard output, the same ones for the same N: `generate.py N`.

An article has a headline and 27 to 38 sentences, a third of which name actors, about 3 KB in all; one record in a
thousand is bad, and one article in two hundred is in German.
"""

import json
import random
import sys

ACTORS = (
    "Norway|Iceland|Denmark|Sweden|Finland|Japan|South Korea|North Korea|China|Russia|Ukraine|Poland|Germany|France|"
    "Italy|Spain|Turkey|Iran|Iraq|Israel|Egypt|India|Pakistan|Brazil|Argentina|Canada|Mexico|the United States|"
    "the United Kingdom|the European Union|the United Nations|NATO|the Kremlin|Pyongyang|Beijing|Washington|Tokyo"
).split("|")
VERBS = (
    "condemned|praised|threatened|thanked|warned|met envoys of|imposed sanctions on|lifted sanctions on|welcomed|"
    "accused|apologised to|signed an accord with|protested against|offered aid to|expelled diplomats of|invited"
).split("|")
THINGS = (
    "the fishery talks|the border crossing|the grain deal|the missile test|the climate fund|the visa rules|"
    "the undersea cable|the tariff list|the joint exercise|the ceasefire|the pipeline|the election"
).split("|")
PLAIN = (
    "Prices rose by {n} percent in the quarter that ended in March, the statistics office said.|"
    "About {n} people came to the square in the evening, and most of them left before midnight.|"
    "The talks, which had been put off {n} times, are to go on next week in the old customs house.|"
    "Rain is expected in the north, with winds of up to {n} kilometres an hour along the coast.|"
    "A spokesman would not say how many of the {n} letters had been answered, or when they would be.|"
    "The committee is to report within {n} days, and its members have been asked not to speak before then."
).split("|")
GERMAN = "Die Regierung teilte am Montag mit, dass die Verhandlungen über die Grenze in {n} Tagen fortgesetzt würden. "


def sentence(dice):
    if dice.random() < 0.67:
        return dice.choice(PLAIN).format(n=dice.randrange(2, 9999))
    a, b = dice.sample(ACTORS, 2)
    ending = dice.choice([".", f", days after {dice.choice(ACTORS)} had done so.", f" for the {dice.randrange(2, 99)}th time."])
    text = f"{a} {dice.choice(VERBS)} {b} over {dice.choice(THINGS)}{ending}"
    return text[0].upper() + text[1:]


def article(number):
    dice = random.Random(number)
    if number % 1000 == 999:
        return "{this is no record\n"
    if number % 200 == 100:
        text = "".join(GERMAN.format(n=dice.randrange(2, 9999)) for _ in range(25))
    else:
        # As agencies do: the place, the day, and more blank space than is needed.
        text = "\n\n".join(" ".join(sentence(dice) for _ in range(dice.randrange(8, 11))) for _ in range(3))
        text += " " + " ".join(sentence(dice) for _ in range(dice.randrange(3, 9)))
    date = f"{1990 + number % 35}-{1 + number // 35 % 12:02}-{1 + number // 420 % 28:02}"
    record = {"id": f"g{number}", "date": date, "outlet": f"Agency {number % 17}", "title": sentence(dice), "text": text}
    return json.dumps(record, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for number in range(int(sys.argv[1])):
        sys.stdout.write(article(number))
