//! What a message asks for: aspects, way of filing, topic words, and whether it goes
//! on with the procedure of the turn before. Rules are data (`data/aspects.toml`).

use std::ops::Range;

use corpus::{ChannelKind, Section};
use jiff::civil::Date;
use retrieval::Reading;
use serde::Deserialize;

use crate::phrase::{Phrase, Words, loose};

/// A message as the assistant reads it.
#[derive(Debug, Clone, Default)]
pub struct Understanding {
    /// The message in standard words, identifiers masked.
    pub text: String,
    /// The message before its counts of copies and pages were taken out, where it had some.
    pub counted: Option<String>,
    /// How the message was read, for the search.
    pub reading: Option<Reading>,
    /// Sections asked for, in the order of the question; empty when none is named.
    pub aspects: Vec<Section>,
    /// True when only weak words ("thì sao") name the aspects.
    pub vague: bool,
    /// Way of filing named in the question.
    pub channel: Option<ChannelKind>,
    /// Words that name the subject, without question frames and aspects.
    pub topic: String,
    /// The topic with what stands between the words of an aspect: "khám sức khỏe" of "có
    /// phải khám sức khỏe không".
    pub content: String,
    /// The topic without acts that many procedures share, such as "cấp lại".
    pub subject: String,
    /// How it stands to the turns before.
    pub link: Link,
    /// The province that it says the citizen is in, by its present name.
    pub province: Option<&'static str>,
    /// True for a question in English; its text is what it says in Vietnamese.
    pub english: bool,
    /// True for a question to be answered yes or no.
    pub yes_no: bool,
    /// Whose money is asked about.
    pub money: Money,
    /// Names of the circumstances mentioned, in this turn or carried over.
    pub circumstances: Vec<String>,
    /// The day on which it is asked.
    pub today: Option<Date>,
}

/// How a message stands to the turns before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Link {
    /// It says nothing about them.
    #[default]
    None,
    /// It starts like one that goes on with the last subject ("vậy lệ phí bao nhiêu").
    GoesOn,
    /// It starts like one that turns to another thing ("còn khai tử thì sao").
    Switches,
    /// It takes back what was understood ("không, ý tôi là …").
    TakesBack,
}

/// Which way the money goes that a question asks about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Money {
    /// The citizen pays it, or none is asked about.
    #[default]
    Paid,
    /// The citizen gets it: an allowance, a support.
    Received,
}

impl Understanding {
    /// True when it starts like one that goes on, with the last subject or another.
    pub fn goes_on(&self) -> bool {
        matches!(self.link, Link::GoesOn | Link::Switches)
    }

    /// Number of words of the topic.
    pub fn topic_words(&self) -> usize {
        self.topic.split_whitespace().count()
    }

    /// Number of words that name a thing of their own.
    pub fn subject_words(&self) -> usize {
        self.subject.split_whitespace().count()
    }
}

/// The compiled rules.
#[derive(Debug)]
pub struct Reader {
    aspects: Vec<Aspect>,
    channels: Vec<(ChannelKind, Vec<Phrase>)>,
    frame: Vec<Phrase>,
    acts: Vec<Phrase>,
    starts: Vec<Phrase>,
    switches: Vec<Phrase>,
    fillers: Vec<Phrase>,
    yes_no: Vec<Phrase>,
    /// Verbs of getting money, and ways to ask how much.
    gets: Vec<Phrase>,
    how_much: Vec<Phrase>,
}

#[derive(Debug)]
struct Aspect {
    section: Section,
    strong: Vec<Phrase>,
    weak: Vec<Phrase>,
    except: Vec<Phrase>,
}

#[derive(Deserialize)]
struct File {
    aspect: Vec<AspectData>,
    channel: Vec<ChannelData>,
    frame: FrameData,
    follow_up: FollowUpData,
    yes_no: YesNoData,
    benefit: BenefitData,
}

#[derive(Deserialize)]
struct AspectData {
    section: Section,
    strong: Vec<String>,
    weak: Vec<String>,
    except: Vec<String>,
}

#[derive(Deserialize)]
struct ChannelData {
    kind: ChannelKind,
    phrases: Vec<String>,
}

#[derive(Deserialize)]
struct FrameData {
    words: Vec<String>,
    acts: Vec<String>,
}

#[derive(Deserialize)]
struct FollowUpData {
    switches: Vec<String>,
    starts: Vec<String>,
    fillers: Vec<String>,
}

#[derive(Deserialize)]
struct BenefitData {
    verbs: Vec<String>,
    money: Vec<String>,
}

#[derive(Deserialize)]
struct YesNoData {
    ends: Vec<String>,
}

/// Where an aspect was found, for order and for leaving its words out of the topic.
struct Found {
    section: Section,
    places: Vec<Range<usize>>,
    /// The same without the words between.
    named: Vec<Range<usize>>,
}

impl Reader {
    /// Compiles a data file.
    pub fn parse(data: &str) -> Result<Self, String> {
        let file: File = toml::from_str(data).map_err(|error| format!("aspects.toml: {error}"))?;
        let aspect = |data: AspectData| Aspect {
            section: data.section,
            strong: loose(&data.strong),
            weak: loose(&data.weak),
            except: loose(&data.except),
        };
        Ok(Self {
            aspects: file.aspect.into_iter().map(aspect).collect(),
            channels: file
                .channel
                .iter()
                .map(|data| (data.kind, loose(&data.phrases)))
                .collect(),
            frame: loose(&file.frame.words),
            acts: loose(&file.frame.acts),
            starts: loose(&file.follow_up.starts),
            switches: loose(&file.follow_up.switches),
            fillers: loose(&file.follow_up.fillers),
            yes_no: loose(&file.yes_no.ends),
            gets: loose(&file.benefit.verbs),
            how_much: loose(&file.benefit.money),
        })
    }

    /// Reads a message that is masked and in standard words ([`retrieval::Reading`]).
    pub fn read(&self, masked: &str) -> Understanding {
        let text = vitext::normalize(&vitext::expand_abbreviations(masked));
        let words = Words::read(&text);
        let (mut found, vague) = self.aspects_of(&words);
        let money = self.money_of(&words);
        let channel = self.channel_of(&words);
        let mut taken: Vec<Range<usize>> = found.iter().flat_map(|f| f.places.clone()).collect();
        taken.extend(channel.iter().flat_map(|(_, places)| places.clone()));
        let topic = self.topic_of(&words, &taken);
        let named: Vec<Range<usize>> = found.iter().flat_map(|f| f.named.clone()).collect();
        let content = self.topic_of(&words, &named);
        // Weak words beside it ("cho" typed for "chờ") then ask for nothing.
        found.retain(|found| money == Money::Paid || !(vague || found.section == Section::Fee));
        Understanding {
            money,
            subject: self.subject_of(&topic),
            topic,
            content,
            aspects: found.iter().map(|found| found.section).collect(),
            vague: vague && money == Money::Paid,
            channel: channel.map(|(kind, _)| kind),
            link: self.link_of(&words),
            yes_no: self.yes_no.iter().any(|phrase| phrase.is_end(&words)),
            reading: None,
            counted: None,
            english: false,
            province: None,
            circumstances: Vec::new(),
            today: None,
            text,
        }
    }

    fn link_of(&self, words: &Words) -> Link {
        let mut fillers = self.fillers.iter();
        let begin = fillers.find_map(|phrase| phrase.end_at(words, 0));
        let at = |from: usize| move |phrase: &Phrase| phrase.end_at(words, from).is_some();
        let starts = |list: &[Phrase]| {
            list.iter().any(at(0)) || begin.is_some_and(|from| list.iter().any(at(from)))
        };
        if starts(&self.switches) {
            Link::Switches
        } else if starts(&self.starts) {
            Link::GoesOn
        } else {
            Link::None
        }
    }

    fn money_of(&self, words: &Words) -> Money {
        let holds = |list: &[Phrase]| list.iter().any(|phrase| phrase.find(words, 0).is_some());
        if holds(&self.gets) && holds(&self.how_much) {
            Money::Received
        } else {
            Money::Paid
        }
    }

    /// Strong matches; weak ones only when there is no strong one, and then so marked.
    fn aspects_of(&self, words: &Words) -> (Vec<Found>, bool) {
        let mut found = self.matches(words, |aspect| &aspect.strong);
        let vague = found.is_empty();
        if vague {
            found = self.matches(words, |aspect| &aspect.weak);
        }
        found.sort_by_key(|found| found.places.iter().map(|place| place.start).min());
        (found, vague)
    }

    fn matches(&self, words: &Words, list: impl Fn(&Aspect) -> &Vec<Phrase>) -> Vec<Found> {
        let found = self.aspects.iter().map(|aspect| {
            let except: Vec<_> = aspect
                .except
                .iter()
                .flat_map(|p| p.find_all(words))
                .collect();
            let phrases = list(aspect).iter();
            let all = phrases.flat_map(|p| p.find_all(words).into_iter().map(move |at| (p, at)));
            let kept: Vec<_> = all
                .filter(|(_, place)| !except.iter().any(|other| within(place, other)))
                .collect();
            let named = kept.iter().flat_map(|(p, at)| p.named(at.clone()));
            Found {
                section: aspect.section,
                named: named.collect(),
                places: kept.into_iter().map(|(_, at)| at).collect(),
            }
        });
        found.filter(|found| !found.places.is_empty()).collect()
    }

    fn channel_of(&self, words: &Words) -> Option<(ChannelKind, Vec<Range<usize>>)> {
        self.channels.iter().find_map(|(kind, phrases)| {
            let places: Vec<_> = phrases.iter().flat_map(|p| p.find_all(words)).collect();
            (!places.is_empty()).then_some((*kind, places))
        })
    }

    fn subject_of(&self, topic: &str) -> String {
        let words = Words::read(topic);
        let acts: Vec<_> = self
            .acts
            .iter()
            .flat_map(|phrase| phrase.find_all(&words))
            .collect();
        words.join(|place| !acts.iter().any(|range| range.contains(&place)))
    }

    fn topic_of(&self, words: &Words, taken: &[Range<usize>]) -> String {
        let frame: Vec<_> = self
            .frame
            .iter()
            .flat_map(|phrase| phrase.find_all(words))
            .collect();
        words.join(|place| {
            !taken
                .iter()
                .chain(&frame)
                .any(|range| range.contains(&place))
        })
    }
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    inner.start < outer.end && outer.start < inner.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Understanding {
        Reader::parse(include_str!("../data/aspects.toml"))
            .unwrap()
            .read(text)
    }

    #[test]
    fn several_aspects_in_the_order_of_the_question() {
        let u = read("Đăng ký thường trú nộp trực tuyến hết bao nhiêu tiền, mấy ngày xong?");
        assert_eq!(u.aspects, [Section::Fee, Section::Time]);
        assert_eq!(u.channel, Some(ChannelKind::Online));
        assert_eq!(u.topic, "đăng ký thường trú");
    }

    #[test]
    fn without_marks_the_same() {
        let u = read("dang ky thuong tru nop truc tuyen het bao nhieu tien, may ngay xong");
        assert_eq!(u.aspects, [Section::Fee, Section::Time]);
        assert_eq!(u.channel, Some(ChannelKind::Online));
    }

    #[test]
    fn weak_words_only_count_alone() {
        assert_eq!(read("nộp hồ sơ khai sinh ở đâu").aspects, [Section::Where]);
        assert_eq!(read("hồ sơ khai sinh").aspects, [Section::Documents]);
    }

    #[test]
    fn a_follow_up_has_no_topic() {
        let u = read("còn lệ phí thì sao?");
        assert!(u.goes_on());
        assert_eq!(u.aspects, [Section::Fee]);
        assert_eq!(u.topic_words(), 0, "{}", u.topic);
        let u = read("còn nộp trực tiếp thì sao?");
        assert_eq!((u.channel, u.topic_words()), (Some(ChannelKind::Direct), 0));
    }

    #[test]
    fn money_that_is_received_is_no_fee() {
        let u = read("Trợ cấp hằng tháng cho thanh niên xung phong được lĩnh bao nhiêu tiền?");
        assert!(
            u.money == Money::Received && !u.aspects.contains(&Section::Fee),
            "{u:?}"
        );
        let u = read("be mo tim thi duoc nha nuoc cho toi da bao nhieu trieu");
        assert!(u.money == Money::Received && u.aspects.is_empty(), "{u:?}");
        let u = read("nhận được giấy khai sinh phải đóng bao nhiêu tiền?");
        assert!(
            u.money == Money::Paid && u.aspects.contains(&Section::Fee),
            "{u:?}"
        );
    }

    #[test]
    fn names_of_things_are_not_aspects() {
        assert!(
            !read("thuế sử dụng đất phi nông nghiệp nộp ở đâu")
                .aspects
                .contains(&Section::Fee)
        );
        assert!(
            !read("xin miễn giảm học phí cho con")
                .aspects
                .contains(&Section::Fee)
        );
    }
}
